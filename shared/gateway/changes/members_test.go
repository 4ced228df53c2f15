package changes_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/table"
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
	var users []table.Write // as bare items, which is faster than by requests
	for n := range members {
		id, now := scim.ID(fmt.Sprintf("00000000-0000-4000-8000-%012x", n)), scim.FormatTime(time.Now())
		item := table.Item{
			"doc": fmt.Sprintf(`{"schemas":[%q],"userName":"m%d"}`, scim.UserSchema, n), "version": int64(1),
			"created": now, "modified": now,
		}
		users = append(users, table.Put(table.Key{PK: "T#acme#USER", SK: string(id)}, item))
		traffic.versions[id] = []int64{1}
		edit.Add = append(edit.Add, directory.Member{ID: id, Kind: directory.UserKind})
	}
	if err := w.db.WriteAll(t.Context(), users); err != nil {
		t.Fatal(err)
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
	t.Logf("%d members: %d records, %d events, the heap grew by at most %d KB",
		members, len(records), after-before, heap>>10)
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

// pass passes records to a function without faults, in batches as Lambda does. It returns by how
// many bytes the heap grew in the function.
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
