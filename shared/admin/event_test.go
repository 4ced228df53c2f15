package admin_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// emit appends events to the feed of a tenant. The tenant "" stands for the accounts.
func (b *bench) emit(of tenant.ID, names ...string) {
	b.Helper()
	feed := b.dir.Accounts().Events()
	if of != "" {
		feed = b.dir.For(of).Events()
	}
	var drafts []outbox.Draft
	for _, name := range names {
		drafts = append(drafts, outbox.Draft{
			Record: outbox.Record{ID: name, At: b.now},
			Event: outbox.Event{
				Type: outbox.TypeOf(outbox.User, outbox.Created), Resource: outbox.Resource{ID: scim.ID(name)},
			},
		})
	}
	if err := feed.Append(b.Context(), drafts); err != nil {
		b.Fatal(err)
	}
}

// emitted returns the ids of the resources that a page's events are about.
func emitted(page answer) (ids []string) {
	for _, e := range page["events"].([]any) {
		ids = append(ids, answer(e.(map[string]any)).text("resource.id"))
	}
	return ids
}

func TestEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(404, "GET", "/tenants/acme/events", "")
	b.acme(`{"id":"acme"}`)
	if page := b.send(200, "GET", "/tenants/acme/events", ""); len(emitted(page)) != 0 || page.text("last") != "0" {
		t.Errorf("a feed without events: %v", page)
	}
	b.emit("acme", "a", "b", "c")
	b.emit("", "x")
	for _, tt := range []struct {
		path string
		ids  []string
		last string
	}{
		{"/tenants/acme/events", []string{"a", "b", "c"}, "3"},
		{"/tenants/acme/events?limit=2", []string{"a", "b"}, "2"},
		{"/tenants/acme/events?after=2&limit=2", []string{"c"}, "3"},
		{"/tenants/acme/events?after=2&wait=20", []string{"c"}, "3"},
		{"/tenants/acme/events?after=3", nil, "3"},
		{"/accounts/events", []string{"x"}, "1"},
	} {
		page := b.send(200, "GET", tt.path, "")
		if got := emitted(page); !slices.Equal(got, tt.ids) || page.text("last") != tt.last {
			t.Errorf("%s: %q, last %s; want %q, %s", tt.path, got, page.text("last"), tt.ids, tt.last)
		}
	}
	for _, query := range []string{
		"after=4", "after=-1", "after=x", "limit=0", "limit=501", "wait=21", "wait=-1", "after=1&after=2", "before=3",
	} {
		b.send(400, "GET", "/tenants/acme/events?"+query, "")
	}
}

// TestWaitForEvents: a request with wait returns as soon as there is an event.
func TestWaitForEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	feed, done := b.dir.For("acme").Events(), make(chan error)
	go func() {
		done <- feed.Append(t.Context(), []outbox.Draft{{
			Record: outbox.Record{ID: "late", At: b.now},
			Event:  outbox.Event{Resource: outbox.Resource{ID: "late"}},
		}})
	}()
	page := b.send(200, "GET", "/tenants/acme/events?wait=20", "")
	if err := <-done; err != nil || !slices.Equal(emitted(page), []string{"late"}) {
		t.Errorf("%v, %v", page, err)
	}
}

// TestExpiredEvents: a consumer whose next event has expired gets 410 with the oldest sequence.
func TestExpiredEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	b.emit("acme", "a", "b")
	b.now = b.now.Add(outbox.Retention / 2)
	b.emit("acme", "c")
	b.now = b.now.Add(outbox.Retention/2 + time.Hour)
	if gone := b.send(410, "GET", "/tenants/acme/events?after=1", ""); gone.text("oldest") != "3" {
		t.Errorf("410 says %v", gone)
	}
	if page := b.send(200, "GET", "/tenants/acme/events?after=2", ""); !slices.Equal(emitted(page), []string{"c"}) {
		t.Errorf("the remaining events: %v", page)
	}
}

func TestEventHeads(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"acme", "globex"} {
		b.send(201, "POST", "/tenants", `{"id":"`+id+`"}`)
	}
	b.emit("acme", "a", "b")
	b.now = b.now.Add(time.Hour)
	b.emit("globex", "c")
	b.emit("", "x")
	heads := func(query string) (all []string) {
		for after, more := "", true; more; {
			page := b.send(200, "GET", "/events/heads?"+query+"&after="+after, "")
			for _, v := range page["heads"].([]any) {
				head := answer(v.(map[string]any))
				all = append(all, fmt.Sprintf("%v %s", head.get("tenant"), head.text("sequence")))
			}
			if after, more = "", page.get("next") != nil; more {
				after = page.text("next")
			}
		}
		slices.Sort(all)
		return all
	}
	if got, want := heads("limit=1"), []string{"<nil> 1", "acme 2", "globex 1"}; !slices.Equal(got, want) {
		t.Errorf("all heads: %q, want %q", got, want)
	}
	got, want := heads("since="+b.now.Format(time.RFC3339)), []string{"<nil> 1", "globex 1"}
	if !slices.Equal(got, want) {
		t.Errorf("heads since now: %q, want %q", got, want)
	}
	b.send(400, "GET", "/events/heads?after=nonsense", "")
	b.send(400, "GET", "/events/heads?since=yesterday", "")
}
