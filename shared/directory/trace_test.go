package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/charge"
	"scimserver/shared/testkit/fault"
	"scimserver/shared/trace"
)

// begin starts a trace of one hour.
func (b *bench) begin(id tenant.ID, now time.Time) (trace.Store, tenant.Trace) {
	b.Helper()
	traces, on := b.dir.For(id).Traces(), tenant.Trace{Began: now, End: now.Add(time.Hour)}
	if err := traces.Begin(b.Context(), on); err != nil {
		b.Fatal(err)
	}
	return traces, on
}

// traced gives a tenant a trace of one request.
func (b *bench) traced(id tenant.ID, now time.Time) {
	b.Helper()
	traces, on := b.begin(id, now)
	if err := traces.Add(b.Context(), on, trace.Request{Time: now}); err != nil {
		b.Fatal(err)
	}
}

// TestTraceLimit: parallel functions store no more requests than a trace may have, and none twice, while
// calls are throttled and answers are lost. A lost answer may leave a gap.
func TestTraceLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper {
		return fault.Script(next, fault.Rule{Calls: fault.Randomly(1, 0.02), Fault: fault.LostResponse},
			fault.Rule{Calls: fault.Randomly(2, 0.02), Fault: fault.Throttled})
	})
	traces, on := b.begin("acme", time.Now())
	var stored, refused atomic.Int32
	var work sync.WaitGroup
	for worker := range 8 {
		work.Go(func() {
			for n := range 30 {
				r := trace.Request{Time: time.Now().Add(-time.Minute), ID: fmt.Sprint(worker, "-", n)}
				switch err := traces.Add(t.Context(), on, r); {
				case err == nil:
					stored.Add(1)
				case errors.Is(err, trace.ErrEnded):
					refused.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	seen, last := map[string]bool{}, ""
	for page := b.tracePage(traces, "", 7); len(page) > 0; page = b.tracePage(traces, last, 7) {
		for _, r := range page {
			if r.Position <= last || seen[r.ID] {
				t.Errorf("%s is out of order or there twice, after %s", r.Position, last)
			}
			seen[r.ID], last = true, r.Position
		}
	}
	n := int(stored.Load())
	if n != len(seen) || n > trace.MaxRequests || n < trace.MaxRequests/2 || n+int(refused.Load()) != 240 {
		t.Errorf("stored %d, refused %d, read %d", n, refused.Load(), len(seen))
	}
}

func (b *bench) tracePage(traces trace.Store, after string, limit int) []trace.Request {
	b.Helper()
	page, err := traces.Page(b.Context(), after, limit)
	if err != nil {
		b.Fatal(err)
	}
	return page
}

// TestTracePages: a reader waits for a request that is being stored, so that it misses none. It never
// shows expired requests, even if DynamoDB has not deleted them yet.
func TestTracePages(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := newBench(t, nil, at(&now))
	traces, on := b.begin("acme", now)
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, id := range []string{"a", "b", "c"} {
		if err := traces.Add(t.Context(), on, trace.Request{Time: now, ID: id}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	shown := func(after string) (got []string) {
		t.Helper()
		for _, r := range b.tracePage(traces, after, 10) {
			got = append(got, r.ID)
		}
		return got
	}
	wants := func(what string, got []string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, -want +got:\n%s", what, diff)
		}
	}
	wants("all", shown(""), ids...)
	first := b.tracePage(traces, "", 1)[0].Position
	wants("after the first", shown(first), "b", "c")
	second := table.Key{PK: "T#acme#TRACE", SK: strings.Replace(first, "#001", "#002", 1)}
	if err := db.Write(t.Context(), func(table.Stamp) table.Write { return table.Delete(second) }); err != nil {
		t.Fatal(err)
	}
	wants("while the second may come", shown(""), "a")
	now = now.Add(time.Minute)
	wants("when it can't come any more", shown(""), "a", "c")
	now = now.Add(24 * time.Hour)
	wants("a day later", shown(""))
	if err := traces.Add(t.Context(), on, trace.Request{Time: now}); !errors.Is(err, trace.ErrEnded) {
		t.Errorf("after its end: %v", err)
	}
}

// TestCapacityOfTraces: a stored request costs one unit for its sequence and one for each KB.
func TestCapacityOfTraces(t *testing.T) {
	t.Parallel()
	b := newBench(t, charge.Transactions)
	traces, on := b.begin("acme", time.Now())
	add := func(size int) func(context.Context) error {
		r := trace.Request{Time: time.Now().Add(-time.Minute), Sent: trace.Message{Body: strings.Repeat("x", size)}}
		return func(ctx context.Context) error { return traces.Add(ctx, on, r) }
	}
	for _, tt := range []struct {
		what string
		call func(context.Context) error
		want table.Usage
	}{
		{"a small request", add(300), table.Usage{Calls: 2, Writes: 2}},
		{"the largest body", add(trace.MaxBody), table.Usage{Calls: 2, Writes: 18}},
		{"a page of both", func(ctx context.Context) error {
			_, err := traces.Page(ctx, "", 50)
			return err
		}, table.Usage{Calls: 1, Reads: 5}},
		{"its end", func(ctx context.Context) error { return traces.End(ctx, on) }, table.Usage{Calls: 1, Writes: 1}},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if err := tt.call(ctx); err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		if got := meter.Usage(); got != tt.want {
			t.Errorf("%s uses %+v, want %+v", tt.what, got, tt.want)
		}
	}
}
