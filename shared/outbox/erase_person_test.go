package outbox_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/erasure"
	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit/charge"
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

// TestCapacityOfErasures: the cost of marking two persons, and of an event about one of them before and after that.
func TestCapacityOfErasures(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	feed := outbox.New(b.open(charge.Transactions(http.DefaultTransport)), "acme")
	event := func(record string) func(context.Context) error {
		d := created(1)
		d.Record.ID = record
		return func(ctx context.Context) error { return feed.Append(ctx, []outbox.Draft{d}) }
	}
	b.append(created(1))
	for _, tt := range []struct {
		what string
		do   func(context.Context) error
		want table.Usage
	}{
		{"an event before", event("before"), table.Usage{Calls: 2, Reads: 2, Writes: 6}},
		{"two marks", func(ctx context.Context) error {
			return feed.MarkErased(ctx, []scim.ID{created(1).Event.Resource.ID, "u2"})
		}, table.Usage{Calls: 2, Writes: 3}},
		{"an event after", event("after"), table.Usage{Calls: 3, Reads: 3, Writes: 6}},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if err := tt.do(ctx); err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		if got := meter.Usage(); got != tt.want {
			t.Errorf("%s used %+v, want %+v", tt.what, got, tt.want)
		}
	}
}

func (b *bench) markErased(ids ...scim.ID) {
	b.Helper()
	if err := b.acme.MarkErased(b.Context(), ids); err != nil {
		b.Fatal(err)
	}
}
