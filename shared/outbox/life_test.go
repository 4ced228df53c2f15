package outbox_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"scimserver/shared/outbox"
	"scimserver/shared/tenant"
)

// TestExpiredEvents: Page does not return expired events, even if DynamoDB has not deleted
// them yet. Its error names the oldest event that can be read.
func TestExpiredEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	day := func(n int) func() time.Time {
		return func() time.Time { return time.Now().Add(time.Duration(n-100) * 24 * time.Hour) }
	}
	b.startAt(990)
	counts := []int{0, 7, 21, 30, 40} // the number of events before day 0, and after days 0, 20, 40 and 60
	for n, count := range counts[1:] {
		feed := b.acme.WithClock(day(20 * n))
		if err := feed.Append(t.Context(), drafts(counts[n], count)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		today         int
		after, oldest int64
	}{{100, 0, 998}, {100, 996, 998}, {111, 997, 1012}, {131, 1000, 1021}, {160, 1029, 1031}} {
		_, err := b.acme.WithClock(day(tt.today)).Page(t.Context(), tt.after, 10)
		var expired *outbox.ExpiredError
		if !errors.As(err, &expired) || expired.Oldest != tt.oldest {
			t.Errorf("day %d, after %d: %v, want the oldest to be %d", tt.today, tt.after, err, tt.oldest)
		}
		page, err := b.acme.WithClock(day(tt.today)).Page(t.Context(), tt.oldest-1, 10)
		if err != nil || len(page.Events) == 0 && page.Last < page.Head {
			t.Errorf("day %d, from the oldest event on: %+v, %v", tt.today, page, err)
		}
	}
}

// TestClocksMayDiffer: events expire in the order of their sequences, even if the clock of
// the second writer is behind that of the first.
func TestClocksMayDiffer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Now()
	b.append(drafts(0, 1)...)
	behind := b.acme.WithClock(func() time.Time { return now.Add(-time.Hour) })
	if err := behind.Append(t.Context(), drafts(1, 2)); err != nil {
		t.Fatal(err)
	}
	all := b.events(b.acme, 0, 10)
	if len(all) != 2 || all[1].IssuedAt < all[0].IssuedAt {
		t.Errorf("issued at %+v", all)
	}
}

func TestHeads(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	early, late := time.Now().Add(-time.Hour).Truncate(time.Millisecond), time.Now().Truncate(time.Millisecond)
	want := map[tenant.ID]int64{}
	for n := range 40 {
		id := tenant.ID(fmt.Sprintf("t%d", n))
		if n == 0 {
			id = ""
		}
		at := early
		if n%2 == 0 {
			at, want[id] = late, int64(n+1)
		}
		feed := outbox.New(b.db, id).WithClock(func() time.Time { return at })
		if err := feed.Append(t.Context(), drafts(0, n+1)); err != nil {
			t.Fatal(err)
		}
	}
	for _, limit := range []int{1, 3, 1000} {
		got := map[tenant.ID]int64{}
		for q := (outbox.HeadsQuery{Since: late, Limit: limit}); ; {
			heads, next, err := outbox.Heads(t.Context(), b.db, q)
			if err != nil || len(heads) > limit {
				t.Fatalf("%d heads, %v", len(heads), err)
			}
			for _, h := range heads {
				if _, again := got[h.Tenant]; again || !h.Time.Equal(late) {
					t.Errorf("head %+v", h)
				}
				got[h.Tenant] = h.Sequence
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("in pages of %d: %v, want %v", limit, got, want)
		}
	}
	for _, cursor := range []string{"x", "1", "g/a", "-1/a", "1/A", "10/a"} {
		_, _, err := outbox.Heads(t.Context(), b.db, outbox.HeadsQuery{Cursor: cursor, Limit: 1})
		if !errors.Is(err, outbox.ErrCursor) {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

// tenantDeleted is the draft of the tenant's deletion.
func tenantDeleted(record string) outbox.Draft {
	return outbox.Draft{
		Record: outbox.Record{ID: record, At: changed.Add(time.Minute)},
		Event: outbox.Event{
			Type:     outbox.TypeOf(outbox.Tenant, outbox.Deleted),
			Time:     outbox.Time{Time: changed},
			Resource: outbox.Resource{ID: "acme"},
		},
	}
}

// TestClosedFeed: a closed feed ignores earlier records, and keeps its last event when it is
// erased. A new tenant with the same id continues the sequence.
func TestClosedFeed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.startAt(990)
	b.append(drafts(0, 20)...)
	until := changed.Add(10 * time.Minute)
	for range 2 {
		if err := b.acme.Close(t.Context(), tenantDeleted("deleted"), until); err != nil {
			t.Fatal(err)
		}
		if err := b.acme.Erase(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.append(drafts(0, 30)...) // 20 repeated deliveries, and 10 late ones
		all := b.events(b.acme, 1010, 10)
		if len(all) != 1 || all[0].Type != "tenant.deleted" || all[0].Sequence != 1011 {
			t.Fatalf("events %+v", all)
		}
		var expired *outbox.ExpiredError
		if _, err := b.acme.Page(t.Context(), 0, 10); !errors.As(err, &expired) || expired.Oldest != 1011 {
			t.Errorf("reading the erased events: %v", err)
		}
	}
	again := created(0)
	again.Record.At = until.Add(time.Second)
	b.append(again)
	second := tenantDeleted("deleted again")
	second.Record.At = until.Add(time.Minute)
	if err := b.acme.Close(t.Context(), second, until.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if all := b.events(b.acme, 1010, 10); len(all) != 3 {
		t.Errorf("the second tenant has %+v", all)
	}
	if err := b.acme.Erase(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := b.events(b.acme, 1012, 10); len(all) != 1 || all[0].Sequence != 1013 {
		t.Errorf("after the second deletion: %+v", all)
	}
}
