package console

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/provlog"
)

// newActivity is the activity of some days until today.
func newActivity(today time.Time, days int) activity {
	a := activity{days: make([]day, days)}
	for i := range a.days {
		a.days[i].date = today.AddDate(0, 0, i+1-days)
	}
	return a
}

func TestActivity(t *testing.T) {
	today := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	a := newActivity(today, 3)
	for _, e := range []provlog.Entry{
		{Time: today.Add(time.Hour), Kind: "User", Operation: "create", Status: 201},
		{Time: today.Add(2 * time.Hour), Kind: "User", Operation: "create", Status: 409},
		{Time: today.Add(-time.Hour), Kind: "User", Operation: "create", Status: 201},
		{Time: today.Add(-time.Hour), Kind: "User", Operation: "delete", Status: 204},
		{Time: today.Add(-time.Hour), Kind: "Group", Operation: "create", Status: 201},
		{Time: today.Add(-time.Hour), Kind: "Team", Operation: "create", Status: 201, Operator: "arn:operator"},
		{Time: today.AddDate(0, 0, -9), Kind: "User", Operation: "create", Status: 201}, // before the first day
	} {
		a.add(e)
	}
	requests, users := a.requestChart(), a.userChart(5)
	for name, c := range map[string]struct{ got, want any }{
		"succeeded": {requests.Series[0].Values, []int64{0, 3, 1}},
		"failed":    {requests.Series[1].Values, []int64{0, 0, 1}},
		"users":     {users.Series[0].Values, []int64{4, 4, 5}},
		"labels":    {requests.Labels, []string{"27 Nov", "28 Nov", "29 Nov"}},
		"summary":   {users.Summary, "From 4 to 5 users in 3 days"},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if cut := a.onlyComplete(); len(cut.days) != 1 || !cut.cut || !cut.days[0].date.Equal(today) {
		t.Errorf("cut: %+v", cut)
	}
}

// The position before a prefix is behind all ids that do not begin with it.
func TestBefore(t *testing.T) {
	for prefix, others := range map[string][]string{
		"acme": {"acmd", "acmd-z", "acmdzzzz", "acm", "a"}, "a": {"9z", "-"}, "0": {""}, "": {},
	} {
		for _, id := range others {
			if !(id < before(prefix)) {
				t.Errorf("%q is behind %q, the position before %q", id, before(prefix), prefix)
			}
		}
		if !(before(prefix) < prefix || prefix == "") {
			t.Errorf("%q is not before %q", before(prefix), prefix)
		}
	}
}

func TestIndented(t *testing.T) {
	const text = `{"a":"\u003cb\u003e \u0026 \\u003c \u2028","n":1}`
	const want = "{\n  \"a\": \"<b> & \\\\u003c \\u2028\",\n  \"n\": 1\n}"
	if diff := cmp.Diff(want, indented(json.RawMessage(text))); diff != "" {
		t.Error(diff)
	}
}
