package verify

import (
	"fmt"
	"runtime"
	"testing"

	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// userItems makes the items of some users. Each has an email and an externalId, and is a
// member of one large group.
func userItems(first, users int) (all []table.Item) {
	for i := first; i < first+users; i++ {
		id, name := fmt.Sprintf("%08x-aaaa-4aaa-8aaa-aaaaaaaaaaaa", i*7919), fmt.Sprintf("user-%d@example.com", i)
		claim := func(kind string) table.Item {
			return table.Item{"PK": "CLAIM#SYSTEM#" + kind + "#" + name, "SK": "CLAIM",
				"owner": id, "kind": "user", "tenant": "acme"}
		}
		doc := fmt.Sprintf(`{"userName":%q,"externalId":%q,"emails":[{"value":%q}]}`, name, name, name)
		all = append(all, table.Item{"PK": "T#acme#USER", "SK": id, "doc": doc}, claim("USERNAME"), claim("EMAIL"),
			table.Item{"PK": "T#acme#LOOKUP#USER#externalId#" + name, "SK": id},
			table.Item{"PK": "T#acme#MEMBERS#g1", "SK": "U#" + id},
			table.Item{"PK": "T#acme#MEMBEROF#" + id[:1], "SK": id + "#g1", "kind": "U", "of": "GROUP"})
	}
	return all
}

// heapInUse returns the size of the heap without garbage, in bytes.
func heapInUse() int {
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return int(now.HeapAlloc)
}

// TestMemory: memory does not grow with the table. It has the facts, up to their limit, and a
// page. With -long the table has 1.2 million items.
func TestMemory(t *testing.T) { // not in parallel: others would use memory, too
	const page, memory = 100, 4 << 20
	users := testkit.Size(200_000, 10_000)
	w, err := openWalk(&table.DB{}, Options{Folder: t.TempDir(), Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	before, peak := heapInUse(), 0
	add := func(items []table.Item, last bool) {
		next := table.Key{PK: "next", SK: "next"}
		if last {
			next = table.Key{}
		}
		if err := w.addPage(t.Context(), scanned{0, table.Page{Items: items, Next: next}}); err != nil {
			t.Fatal(err)
		}
	}
	for first := 0; first < users; first += page {
		add(userItems(first, page), false)
		if first/page%25 == 0 {
			peak = max(peak, heapInUse()-before)
		}
	}
	group := `{"displayName":"All"}`
	add([]table.Item{
		{"PK": "T#acme#GROUP", "SK": "g1", "doc": group},
		{"PK": "T#acme#LOOKUP#GROUP#displayName#all", "SK": "CLAIM", "owner": "g1", "kind": "group", "tenant": "acme"},
		{"PK": "T#acme#COUNT#USER", "SK": "00", "n": int64(users)},
		{"PK": "T#acme#COUNT#GROUP", "SK": "00", "n": int64(1)},
	}, true)
	m := newMatcher(t.Context(), &checker{}, Options{}, w)
	if err := m.match(w); err != nil {
		t.Fatal(err)
	}
	peak = max(peak, heapInUse()-before)
	if err := m.finish(); err != nil || m.report.Number != 0 || m.report.Users != users || m.report.Members != users {
		t.Errorf("%+v, %v", m.report, err)
	}
	t.Logf("%d items, %d runs of %d MiB, %d MiB of heap at most", w.state.Items, len(w.sorter.runs), memory>>20,
		peak>>20)
	if facts := len(w.sorter.runs) * memory; peak > 3*memory || facts < 2*memory {
		t.Errorf("%d bytes of heap for %d bytes of facts", peak, facts)
	}
}
