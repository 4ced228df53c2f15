package outbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/erasure"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// TestHeadsWithoutErasures: earlier versions did not count the erasures, or stored the count 0. The feed continues, and
// still notices an erasure.
func TestHeadsWithoutErasures(t *testing.T) {
	t.Parallel()
	erased := time.Now().UnixMilli()
	for name, head := range map[string]table.Item{
		"no count": {"erased": erased},
		"count 0":  {"erased": erased, "erasures": int64(0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if err := b.acme.UpdateHead(t.Context(), head); err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				b.append(created(n))
			}
			b.markErased(created(3).Event.Resource.ID)
			b.append(created(3))
			b.append(created(4))
			all := b.events(b.acme, 0, 10)
			b.checkSequence(all, "acme")
			for n, e := range all {
				if hidden := e.Resource.UserName == erasure.Erased; hidden != (n == 3) {
					t.Errorf("event %d is about %+v", n+1, e.Resource)
				}
			}
			if len(all) != 5 {
				t.Errorf("%d events, want 5", len(all))
			}
		})
	}
}

// TestMarkErasedTwice: an id that is given twice is marked once.
func TestMarkErasedTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.markErased("u2", "u1", "u2")
	marked, err := b.acme.Erased(t.Context(), []scim.ID{"u1", "u2", "u3"})
	if diff := cmp.Diff(map[scim.ID]bool{"u1": true, "u2": true}, marked); err != nil || diff != "" {
		t.Errorf("%v, want the marks of u1 and u2:\n%s", err, diff)
	}
}

func (b *bench) markErased(ids ...scim.ID) {
	b.Helper()
	if err := b.acme.MarkErased(b.Context(), ids); err != nil {
		b.Fatal(err)
	}
}
