package outbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench has the feed of tenant acme, in a table of its own.
type bench struct {
	*testing.T
	name string
	db   *table.DB
	acme outbox.Feed
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, name: testkit.Table(t)}
	b.db = b.open(nil)
	b.acme = outbox.New(b.db, "acme")
	return b
}

// open opens the table through a transport. nil stands for a transport without faults.
func (b *bench) open(transport http.RoundTripper) *table.DB {
	b.Helper()
	o := table.Options{Name: b.name, Endpoint: testkit.Endpoint(b.T)}
	if transport != nil {
		o.Client = &http.Client{Transport: transport}
	}
	db, err := table.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	return db
}

var changed = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// created is the draft of record n, which creates user n.
func created(n int) outbox.Draft {
	id := scim.ID(fmt.Sprintf("u%04d", n))
	return outbox.Draft{
		Record: outbox.Record{ID: fmt.Sprint("record", n), At: changed.Add(time.Duration(n/50) * time.Second)},
		Event: outbox.Event{
			Type: outbox.TypeOf(outbox.User, outbox.Created), Version: 1, Time: outbox.Time{Time: changed},
			Resource: outbox.Resource{ID: id, UserName: "name of " + string(id)},
		},
		Data: json.RawMessage(`{"userName":"name of ` + string(id) + `"}`),
	}
}

// joined is the draft of record n, which adds user n to a group.
func joined(n int, group string) outbox.Draft {
	d := created(n)
	d.Event.Type, d.Data = outbox.TypeOf(outbox.Group, outbox.MemberAdded), nil
	d.Event.Members = []outbox.Member{{ID: d.Event.Resource.ID, Type: "User"}}
	d.Event.Resource = outbox.Resource{ID: scim.ID(group), DisplayName: group}
	return d
}

func drafts(from, to int) (list []outbox.Draft) {
	for n := from; n < to; n++ {
		list = append(list, created(n))
	}
	return list
}

func (b *bench) append(list ...outbox.Draft) {
	b.Helper()
	if err := b.acme.Append(b.Context(), list); err != nil {
		b.Fatal(err)
	}
}

// startAt makes the feed look as if its first events had expired long ago.
func (b *bench) startAt(sequence int64) {
	b.Helper()
	if err := b.acme.StartAt(b.Context(), sequence, time.Now().Add(-200*24*time.Hour)); err != nil {
		b.Fatal(err)
	}
}

// events reads a feed from a position to its end, in pages of at most limit events.
func (b *bench) events(f outbox.Feed, after int64, limit int) (all []outbox.Event) {
	b.Helper()
	for {
		page, err := f.Page(b.Context(), after, limit)
		if err != nil || len(page.Events) > limit {
			b.Fatalf("after %d: %d events, %v", after, len(page.Events), err)
		}
		for _, text := range page.Events {
			var e outbox.Event
			if err := json.Unmarshal(text, &e); err != nil {
				b.Fatal(err)
			}
			all = append(all, e)
		}
		if after = page.Last; after == page.Head {
			return all
		}
	}
}

// checkSequence reports gaps in the sequences, and repeated ids.
func (b *bench) checkSequence(all []outbox.Event, of tenant.ID) {
	b.Helper()
	ids := map[string]bool{}
	for i, e := range all {
		if e.Sequence != int64(i+1) || ids[e.ID] || e.Tenant != of {
			b.Errorf("event %d has sequence %d, tenant %q, id %s", i+1, e.Sequence, e.Tenant, e.ID)
		}
		ids[e.ID] = true
	}
}

func TestAppendNumbersWithoutGaps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	accounts := outbox.New(b.db, "")
	b.append(drafts(0, 3)...)
	b.append(drafts(1, 250)...) // too many for one transaction; the first two are repetitions
	b.append(drafts(0, 250)...)
	if err := accounts.Append(t.Context(), drafts(0, 2)); err != nil {
		t.Fatal(err)
	}
	all := b.events(b.acme, 0, 1000)
	b.checkSequence(all, "acme")
	for i, e := range all {
		if e.Resource.ID != created(i).Event.Resource.ID {
			t.Errorf("event %d is about %s", i+1, e.Resource.ID)
		}
	}
	if head, err := b.acme.Head(t.Context()); len(all) != 250 || head != 250 || err != nil {
		t.Errorf("%d events, head %d, %v", len(all), head, err)
	}
	other := b.events(accounts, 0, 10)
	b.checkSequence(other, "")
	if len(other) != 2 || other[0].ID == all[0].ID {
		t.Errorf("the accounts have the events %+v", other)
	}
	if other[0].Audience != "accounts" || all[0].Audience != "tenants/acme" {
		t.Errorf("audiences %s and %s", other[0].Audience, all[0].Audience)
	}
}

func TestConsecutiveMembershipChangesShareAnEvent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var list []outbox.Draft
	for n := range 130 {
		list = append(list, joined(n/30, "g")) // one user has 30 records
		list[n].Record.ID = fmt.Sprint("join", n)
	}
	list = append(list, joined(1, "h"), created(900))
	b.append(list[:20]...)
	b.append(list...)
	all := b.events(b.acme, 0, 100)
	b.checkSequence(all, "acme")
	var sizes []int
	for _, e := range all {
		sizes = append(sizes, len(e.Members))
	}
	if got := fmt.Sprint(sizes); got != "[20 100 10 1 0]" {
		t.Errorf("events have %s members", got)
	}
	later := joined(5000, "h")
	b.append(joined(2, "h"), later)
	if all := b.events(b.acme, 5, 10); len(all) != 2 {
		t.Errorf("changes that are minutes apart made %d events, want 2", len(all))
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.startAt(990)
	b.append(drafts(0, 40)...)
	for _, limit := range []int{1, 7, 500} {
		all := b.events(b.acme, 990, limit)
		if len(all) != 40 || all[0].Sequence != 991 || all[39].Sequence != 1030 {
			t.Errorf("pages of %d have %d events from %d on", limit, len(all), all[0].Sequence)
		}
	}
	page, err := b.acme.Page(t.Context(), 1030, 10)
	if err != nil || len(page.Events) != 0 || page.Last != 1030 || page.Head != 1030 {
		t.Errorf("at the end: %+v, %v", page, err)
	}
	if _, err := b.acme.Page(t.Context(), 1031, 10); !errors.Is(err, outbox.ErrAhead) {
		t.Errorf("after the end: %v", err)
	}
	empty := outbox.New(b.db, "globex")
	if page, err := empty.Page(t.Context(), 0, 10); err != nil || page.Head != 0 || len(page.Events) != 0 {
		t.Errorf("a new tenant: %+v, %v", page, err)
	}
}
