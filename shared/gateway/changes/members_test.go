package changes_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/outbox"
	"scimserver/shared/testkit"
)

// TestManyMembers: a change of many members makes few events, in memory that does not depend
// on the number of members.
func TestManyMembers(t *testing.T) {
	members := testkit.Size(10_000, 230)
	w := newWorld(t, *seed)
	w.step, w.bus.fails = 0, 0
	w.dir = w.directory(nil)
	traffic := newTraffic(w)
	var edit directory.MemberEdit
	for n := range members {
		name := fmt.Sprint("m", n)
		u, err := w.dir.For("acme").Users().Create(traffic.request(), traffic.document(name, name+"@mail.example"))
		if err != nil {
			t.Fatal(err)
		}
		traffic.versions[u.ID] = []int64{1}
		edit.Add = append(edit.Add, directory.Member{ID: u.ID, Kind: directory.UserKind})
	}
	w.pass(w.stream.Records(t))
	before, err := w.dir.For("acme").Events().Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.dir.For("acme").Groups().Create(traffic.request(), group("all"), edit); err != nil {
		t.Fatal(err)
	}
	records := w.stream.Records(t)
	heap := w.pass(records)
	after, err := w.dir.For("acme").Events().Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d members: %d records, %d events, the heap grew by at most %d KB", members, len(records), after-before, heap>>10)
	if most := int64(4*members/outbox.MaxMembers + 4); after-before > most {
		t.Errorf("%d events, want at most %d", after-before, most)
	}
	if heap > 32<<20 {
		t.Errorf("the heap grew by %d KB", heap>>10)
	}
	d := &delivery{world: w, shards: make([][]json.RawMessage, 2)}
	d.drain()
	newMirror(w).check(traffic)
}

// pass passes records to a function without faults, in batches as Lambda makes them. It
// returns the growth of the heap in the function, in bytes.
func (w *world) pass(records []json.RawMessage) (most uint64) {
	w.Helper()
	h := w.handler(w.dir)
	for batch := range slices.Chunk(records, 100) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if rest, err := invoke(w.Context(), h, batch); err != nil || len(rest) > 0 {
			w.Fatalf("%d records are left, %v", len(rest), err)
		}
		runtime.ReadMemStats(&after)
		if after.HeapAlloc > before.HeapAlloc {
			most = max(most, after.HeapAlloc-before.HeapAlloc)
		}
	}
	return most
}
