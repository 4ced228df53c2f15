package groups_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// faults stands between the functions and the engine. Item locks can be switched
// on, and a tripwire laid.
type faults struct {
	plain, locked http.RoundTripper
	locks         atomic.Bool
	trip          atomic.Pointer[tripwire]
}

func (f *faults) wrap(next http.RoundTripper) http.RoundTripper {
	f.plain, f.locked = next, e2e.ItemLocks(next)
	return f
}

func (f *faults) RoundTrip(r *http.Request) (*http.Response, error) {
	next := f.plain
	if f.locks.Load() {
		next = f.locked
	}
	if w := f.trip.Load(); w != nil && stack.Caller(r) == w.function {
		return w.roundTrip(r, next)
	}
	return next.RoundTrip(r)
}

// tripwire kills a function at one of its calls of DynamoDB.
type tripwire struct {
	function string
	at       int64 // which call, counted from 1
	after    bool  // when the engine has answered the call; else before it is sent
	kill     func(function string) int
	calls    atomic.Int64
}

var errKilled = errors.New("the caller was killed")

func (w *tripwire) roundTrip(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	if w.calls.Add(1) != w.at {
		return next.RoundTrip(r)
	}
	if w.after {
		if res, err := next.RoundTrip(r); err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
	}
	w.kill(w.function)
	return nil, errKilled
}

// lay lays a tripwire; lift takes it away and reports whether it was touched.
func (g *groups) lay(function string, at int, after bool) {
	g.faults.trip.Store(&tripwire{function: function, at: int64(at), after: after, kill: g.Stack.Kill})
}

func (g *groups) lift() (touched bool) {
	w := g.faults.trip.Swap(nil)
	return w != nil && w.calls.Load() >= w.at
}

// finishByChanges lets function changes finish what a crash left of a resource.
// To spare the test the lease, it makes the mark an old one.
func (g *groups) finishByChanges(pk, id string) {
	g.Helper()
	g.until(time.Minute, func() bool {
		if !g.age(pk, id) {
			return true
		}
		if g.silent {
			g.tell(pk, id)
		} else if err := g.Stack.RunSchedules(g.Context()); err != nil {
			g.Error(err)
		}
		return false
	})
}

// tell hands changes the record of a mark, as the stream would.
func (g *groups) tell(pk, id string) {
	g.Helper()
	const record = `{"Records":[{"eventName":"MODIFY","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1",
		"Keys":{"PK":{"S":%[1]q},"SK":{"S":%[2]q}},
		"NewImage":{"PK":{"S":%[1]q},"SK":{"S":%[2]q},"deleting":{"S":"x"}}}}]}`
	if _, err := g.Stack.Invoke(g.Context(), "ChangesFunction", fmt.Appendf(nil, record, inTenant+pk, id)); err != nil {
		g.Error(err)
	}
}

// age makes the marks on a resource an hour old, and reports whether it has one.
func (g *groups) age(pk, id string) (marked bool) {
	g.Helper()
	key := table.Key{PK: inTenant + pk, SK: id}
	item, err := g.db.Get(g.Context(), key)
	if err != nil {
		g.Fatal(err)
	}
	name, old := "since", scim.FormatTime(time.Now().Add(-time.Hour))
	switch {
	case item.Text("deleting") != "":
		name = "deleting"
	case item.Text("pending") == "":
		return false
	}
	// A record of the mark reaches changes by the stream, too.
	err = g.db.Write(g.Context(), func(table.Stamp) table.Write {
		return table.Update(key, table.Item{name: old}).WithCondition("#"+name+" = :was",
			table.Item{"was": item.Text(name)})
	})
	if failed := (*table.ConditionFailed)(nil); err != nil && !errors.As(err, &failed) {
		g.Fatal(err)
	}
	return true
}
