package provlog_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/provlog"
	"scimserver/shared/table"
)

func (b *bench) put(entries ...provlog.Entry) {
	b.Helper()
	for _, e := range entries {
		if err := b.acme.Put(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}

func TestDays(t *testing.T) {
	b := newBench(t)
	now := arrived.Add(24 * time.Hour)
	today, before := now.Truncate(24*time.Hour), arrived.Truncate(24*time.Hour).Add(-24*time.Hour)
	b.put(
		provlog.Entry{Time: before, Request: "a", Operation: "create", Kind: "User", Status: 201},
		provlog.Entry{Time: before, Request: "b", Operation: "delete", Kind: "User", Status: 204},
		provlog.Entry{Time: before, Request: "c", Operation: "create", Kind: "Group", Status: 201},
		provlog.Entry{Time: before, Request: "d", Operation: "create", Kind: "User", Status: 409},
		provlog.Entry{
			Time: before, Request: "e", Operation: "rotate", Kind: "Credential", Status: 201, Operator: "arn:x",
		},
		provlog.Entry{Time: before, Request: "b", Operation: provlog.Leave, Kind: "Group", ID: "g", Status: 204},
		provlog.Entry{Time: now.Add(-time.Hour), Request: "f", Operation: "patch", Kind: "User", Status: 200},
	)
	want := []provlog.Day{
		{Start: before, Succeeded: 3, Failed: 1, Created: 1, Deleted: 1}, {Start: today.Add(-24 * time.Hour)},
		{Start: today, Succeeded: 1},
	}
	days := func() []provlog.Day {
		t.Helper()
		got, err := b.acme.Days(t.Context(), now, before.Add(-time.Hour), 4)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want = append([]provlog.Day{{Start: before.Add(-24 * time.Hour)}}, want...)
	if diff := cmp.Diff(want, days()); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	// The counts of past days are stored; a day that can still change is read again.
	b.put(
		provlog.Entry{Time: before, Request: "too late", Operation: "create", Kind: "User", Status: 201},
		provlog.Entry{Time: today.Add(-time.Hour), Request: "late", Operation: "patch", Kind: "User", Status: 200},
	)
	want[2].Succeeded = 1
	if diff := cmp.Diff(want, days()); diff != "" {
		t.Errorf("again: want -, got +\n%s", diff)
	}
	if err := b.acme.Delete(t.Context(), now, before.Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, d := range days() {
		if d.Succeeded+d.Failed > 0 {
			t.Errorf("after the deletion: %+v", d)
		}
	}
}

// TestDaysOfAnEarlierTenant: counts that are left of an earlier tenant with the same id are not shown.
func TestDaysOfAnEarlierTenant(t *testing.T) {
	b := newBench(t)
	now := arrived.Add(24 * time.Hour)
	old := now.Truncate(24 * time.Hour).Add(-72 * time.Hour)
	b.put(provlog.Entry{Time: old, Request: "a", Operation: "create", Kind: "User", Status: 201})
	for _, c := range []struct {
		since time.Time
		want  int64
	}{{old, 1}, {now.Add(-time.Hour), 0}} {
		days, err := b.acme.Days(t.Context(), now, c.since, 4)
		if err != nil || days[0].Created != c.want || !days[0].Start.Equal(old) {
			t.Errorf("since %v: %+v, %v", c.since, days, err)
		}
	}
}

// A page of charts costs one query once the past days are stored, and 32 for the two days that can change.
func TestDaysCostLittle(t *testing.T) {
	b := newBench(t)
	for _, most := range []int{1 + 30*16 + 28, 1 + 2*16} { // the first time, 28 days are stored
		ctx, meter := table.WithMeter(t.Context())
		if _, err := b.acme.Days(ctx, arrived, arrived.AddDate(0, -2, 0), 30); err != nil {
			t.Fatal(err)
		}
		if calls := meter.Usage().Calls; calls != most {
			t.Errorf("%d calls, want %d", calls, most)
		}
	}
}
