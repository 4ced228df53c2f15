package verify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
)

// events makes the items of a feed: its head, and events with some sequences that expire at a
// given time.
func events(prefix, sk string, head table.Item, expires time.Time, sequences ...int) []table.Write {
	all := []table.Write{table.Put(table.Key{PK: "EVENTHEADS#7", SK: sk}, head)}
	for _, n := range sequences {
		key := table.Key{PK: fmt.Sprintf("%sEVENTS#%d", prefix, n/1000), SK: fmt.Sprintf("%012d", n)}
		all = append(all, table.Put(key, table.Item{"event": "{}", "expires": expires.Unix()}))
	}
	return all
}

// TestEvents: gaps in a feed are found, except for events that have expired or were erased.
func TestEvents(t *testing.T) {
	t.Parallel()
	now := time.Now()
	later, before := now.Add(time.Hour), now.Add(-time.Hour)
	head := func(sequence, final int, at time.Time) table.Item {
		return table.Item{"sequence": int64(sequence), "final": int64(final), "at": at.UnixMilli()}
	}
	for name, c := range map[string]struct {
		writes []table.Write
		want   string
	}{
		"complete":              {events(in, "acme", head(3, 0, now), later, 1, 2, 3), ""},
		"complete, of accounts": {events("ACCOUNT#", "-", head(2, 0, now), later, 1, 2), ""},
		"complete, two buckets": {events(in, "acme", head(1001, 0, now), later, 998, 999, 1000, 1001), ""},
		"first events expired": {append(events(in, "acme", head(5, 0, now), later, 4, 5),
			events(in, "acme", head(5, 0, now), before, 1, 3)[1:]...), ""},
		"all events expired": {events(in, "acme", head(9, 0, now.AddDate(0, 0, -91)), later), ""},
		"erased":             {events(in, "acme", head(9, 9, now), later, 9), ""},
		"being erased":       {events(in, "acme", head(9, 9, now), later, 3, 7, 9), ""},
		"after an erasure":   {events(in, "acme", head(11, 9, now), later, 9, 10, 11), ""},
		"gap": {
			events(in, "acme", head(4, 0, now), later, 1, 2, 4), "events 3 to 3 of the tenant are missing",
		},
		"gap, of accounts": {
			events("ACCOUNT#", "-", head(4, 0, now), later, 1, 4), "events 2 to 3 of the accounts are missing",
		},
		"newest missing": {events(in, "acme", head(4, 0, now), later, 1, 2), "events 3 to 4"},
		"all missing":    {events(in, "acme", head(4, 0, now), later), "events 1 to 4"},
		"newer than the head": {
			events(in, "acme", head(1, 0, now), later, 1, 2), "event 2 of the tenant is newer than the head",
		},
		"head missing": {
			events(in, "acme", head(0, 0, now), later, 1)[1:], "event 1 of the tenant is newer than the head",
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := damaged(t, func(string) []table.Write { return c.writes })
			report := run(t, db, verify.Options{})
			if got := texts(report); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
