package changes_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// TestDeathOfTheFunction: function changes dies at a call to DynamoDB, before it or
// before its answer, and gets the same batch again. With -long it dies at every call.
func TestDeathOfTheFunction(t *testing.T) {
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprintf("answer lost %t", lost), func(t *testing.T) {
			w := newWorld(t, *seed)
			traffic := newTraffic(w)
			n, step := int64(0), int64(testkit.Size(1, 2))
			if lost {
				n = step / 2
			}
			for survived := false; !survived; n += step {
				for range 12 {
					traffic.act()
				}
				batch := w.stream.Records(t)
				ctx, die := context.WithCancel(t.Context())
				rest, err := invoke(ctx, w.handler(w.directory(fault.Death(http.DefaultTransport, n, lost, die))),
					batch)
				survived = err == nil && len(rest) == 0
				die()
				(&delivery{world: w}).deliverSafely(batch)
			}
			d := &delivery{world: w, shards: make([][]json.RawMessage, 2)}
			d.drain()
			newMirror(w).check(traffic)
		})
	}
}

// deliverSafely passes a batch to a function without faults.
func (d *delivery) deliverSafely(batch []json.RawMessage) {
	d.Helper()
	for len(batch) > 0 {
		rest, err := invoke(d.Context(), d.handler(d.dir), batch)
		if err != nil {
			d.Fatal(err)
		}
		batch = rest
	}
}

// TestBrokenBus: if the bus refuses all events, their records fail, and the outbox has all events.
func TestBrokenBus(t *testing.T) {
	w := newWorld(t, *seed)
	w.bus.fails = 1
	traffic := newTraffic(w)
	if err := traffic.createUser(); err != nil {
		t.Fatal(err)
	}
	first := w.stream.Records(t)
	(&delivery{world: w}).deliverSafely(first)
	second := w.stream.Records(t)
	rest, err := invoke(t.Context(), w.handler(w.dir), append(second, first...))
	if err != nil || len(rest) == 0 {
		t.Errorf("%d records are left, %v", len(rest), err)
	}
	w.bus.fails = 0
	d := &delivery{world: w, shards: make([][]json.RawMessage, 2)}
	d.take(second)
	d.drain()
	newMirror(w).check(traffic)
}
