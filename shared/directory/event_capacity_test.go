package directory_test

import (
	"fmt"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit/charge"
)

// TestCapacityOfEvents: the cost of a batch's events to function changes. The requests that
// made the changes do not pay for them, see TestCapacity.
func TestCapacityOfEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t, charge.Transactions)
	b.newTenant("acme")
	g := b.group("crew")
	at, n := time.Now(), 0
	record := func(pk, sk string, doc string) directory.StreamRecord {
		n++
		return directory.StreamRecord{PK: pk, SK: sk, Record: outbox.Record{ID: fmt.Sprint(n), At: at},
			After: &directory.Image{
				Doc: doc, Created: scim.FormatTime(at), Modified: scim.FormatTime(at), Version: 1,
			}}
	}
	created := func(count int) (all []directory.StreamRecord) {
		for range count {
			doc := user(fmt.Sprintf("user%03d", n),
				fmt.Sprintf("x%03d", n), fmt.Sprintf("user%03d@example.com", n)).Doc.JSON()
			all = append(all, record("T#acme#USER", fmt.Sprintf("3f1f4a5e-9c1d-4d52-b1a0-%012d", n), doc))
		}
		return all
	}
	joined := func(count int) (all []directory.StreamRecord) {
		for range count {
			all = append(all,
				record("T#acme#MEMBERS#"+string(g.ID), fmt.Sprintf("U#3f1f4a5e-9c1d-4d52-b1a0-%012d", n), ""))
		}
		return all
	}
	// The head and the second event exist, because only the real service charges for reading missing items.
	if _, failed := b.dir.WriteEvents(t.Context(), created(1)); len(failed) > 0 {
		t.Fatal(failed)
	}
	one := created(1)
	for _, tt := range []struct {
		what    string
		records []directory.StreamRecord
		want    table.Usage
	}{
		{"a user created", one, table.Usage{Calls: 3, Reads: 3, Writes: 8}},
		{"the same again", one, table.Usage{Calls: 2, Reads: 3}},
		{"10 users created", created(10), table.Usage{Calls: 3, Reads: 3, Writes: 44}},
		{"a member added", joined(1), table.Usage{Calls: 4, Reads: 4, Writes: 6}},
		{"100 members added", joined(100), table.Usage{Calls: 4, Reads: 4, Writes: 32}},
		{"a record that is no event", []directory.StreamRecord{record("T#acme#COUNT#USER", "00", "")}, table.Usage{}},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if _, failed := b.dir.WriteEvents(ctx, tt.records); len(failed) > 0 {
			t.Errorf("%s: %v", tt.what, failed)
		}
		if got := meter.Usage(); got != tt.want {
			t.Errorf("%s used %+v, want %+v", tt.what, got, tt.want)
		}
	}
}
