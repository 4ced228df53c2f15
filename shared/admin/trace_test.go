package admin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/trace"
)

// record stores a request in the tenant's newest trace.
func (b *bench) record(path string) error {
	b.Helper()
	t, err := b.dir.Tenants().Tenant(b.Context(), "acme")
	if err != nil {
		b.Fatal(err)
	}
	return b.dir.For("acme").Traces().Add(b.Context(), t.Trace, trace.Request{Time: b.now, Method: "GET", Path: path})
}

func TestTrace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const path = "/tenants/acme/trace"
	b.send(404, "GET", path, "")
	b.send(404, "PUT", path, `{"seconds":60}`)
	b.send(404, "DELETE", path, "")
	b.send(404, "GET", path+"/requests", "")
	b.acme(`{"id":"acme"}`)
	for _, body := range []string{`{}`, `{"seconds":0}`, `{"seconds":86401}`, `{"seconds":-1}`, `{"seconds":1,"x":1}`} {
		b.send(400, "PUT", path, body)
	}
	if got := b.send(200, "GET", path, ""); got.get("on") != false || got.get("began") != nil {
		t.Errorf("before the first trace: %v", got)
	}
	first := b.send(200, "PUT", path, `{"seconds":1800}`)
	if first.get("on") != true || first.get("values") != false || first.get("most") != 200.0 {
		t.Errorf("begun: %v", first)
	}
	for n := range 3 {
		if err := b.record(fmt.Sprint("/", n)); err != nil {
			t.Fatal(err)
		}
	}
	page := b.send(200, "GET", path+"/requests?limit=2", "")
	rest := b.send(200, "GET", path+"/requests?wait=20&after="+strings.ReplaceAll(page.text("last"), "#", "%23"), "")
	if got := fmt.Sprint(paths(page), paths(rest)); got != "[/0 /1] [/2]" {
		t.Errorf("pages: %s", got)
	}
	for _, query := range []string{"after=x", "after=2026-11-29T01:00:00Z", "limit=51", "limit=0", "wait=21", "x=1"} {
		b.send(400, "GET", path+"/requests?"+query, "")
	}
	if got := b.send(200, "DELETE", path, ""); got.get("on") != false || got.get("recorded") != 3.0 {
		t.Errorf("ended: %v", got)
	}
	if err := b.record("/late"); !errors.Is(err, trace.ErrEnded) {
		t.Errorf("a function that has not learned of the end: %v", err)
	}
	b.send(200, "DELETE", path, "")
	b.now = b.now.Add(time.Minute)
	b.send(200, "PUT", path, `{"seconds":60,"values":true}`)
	b.now = b.now.Add(time.Minute)
	if got := b.send(200, "GET", path, ""); got.get("on") != false || got.get("values") != true {
		t.Errorf("after its time: %v", got)
	}
	if err := b.record("/late"); !errors.Is(err, trace.ErrEnded) {
		t.Errorf("after its time: %v", err)
	}
}

func paths(page answer) (all []string) {
	for _, r := range page["requests"].([]any) {
		all = append(all, answer(r.(map[string]any)).text("path"))
	}
	return all
}

// TestTraceReplacesTheOneBefore: a trace without values ends one with values, also for functions that
// believe the old one is on.
func TestTraceReplacesTheOneBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	b.send(200, "PUT", "/tenants/acme/trace", `{"seconds":60,"values":true}`)
	record, err := b.dir.Tenants().Tenant(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Second)
	b.send(200, "PUT", "/tenants/acme/trace", `{"seconds":60}`)
	if err := b.dir.For("acme").Traces().Add(t.Context(), record.Trace,
		trace.Request{Time: b.now}); !errors.Is(err, trace.ErrEnded) {
		t.Errorf("into the trace before: %v", err)
	}
	if err := b.record("/new"); err != nil {
		t.Error(err)
	}
}
