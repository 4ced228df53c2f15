package directory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/directory"
	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// eventBench is a bench that writes events as function changes does, one record at a time.
type eventBench struct {
	*bench
	db     *table.DB
	images map[table.Key]*directory.Image
	n      int
}

func newEventBench(t *testing.T) *eventBench {
	t.Helper()
	registry, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, nil, func(o *directory.Options) {
		o.Events = directory.EventOptions{
			Issuer: "scim.test", BaseURL: "https://scim.example.com/v2", Registry: registry,
		}
	})
	b.newTenant("acme")
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	return &eventBench{bench: b, db: db, images: map[table.Key]*directory.Image{}}
}

// record makes the record of an item that has changed since the last call.
func (b *eventBench) record(key table.Key) directory.StreamRecord {
	b.Helper()
	item, err := b.db.Get(b.Context(), key)
	if err != nil {
		b.Fatal(err)
	}
	b.n++
	r := directory.StreamRecord{
		PK: key.PK, SK: key.SK, Before: b.images[key], Record: outbox.Record{ID: fmt.Sprint(b.n), At: time.Now()},
	}
	delete(b.images, key)
	if item != nil {
		r.After = &directory.Image{
			Doc: item.Text("doc"), Password: item.Text("password"), Log: item.Text("log"),
			Created: item.Text("created"), Modified: item.Text("modified"), Version: item.Int("version"),
			Verified: item.Text("verified"), DeletedAt: item.Text("deleting"),
			Released: item.Text("released"), Connected: item.Text("connected") != "",
		}
		b.images[key] = r.After
	}
	return r
}

// write writes the events of records, and returns the new events of a feed.
func (b *eventBench) write(f outbox.Feed, records ...directory.StreamRecord) (all []outbox.Event) {
	b.Helper()
	before, err := f.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if _, failed := b.dir.WriteEvents(b.Context(), records); len(failed) > 0 {
		b.Fatal(failed)
	}
	page, err := f.Page(b.Context(), before, 100)
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range page.Events {
		var e outbox.Event
		if err := json.Unmarshal(text, &e); err != nil {
			b.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// of returns the events of an item of the tenant since the last call.
func (b *eventBench) of(kind string, id scim.ID) []outbox.Event {
	b.Helper()
	return b.write(b.acme.Events(), b.record(table.Key{PK: "T#acme#" + kind, SK: string(id)}))
}

func (b *eventBench) ofAccount(id scim.ID) []outbox.Event {
	b.Helper()
	return b.write(b.dir.Accounts().Events(), b.record(table.Key{PK: "ACCOUNT", SK: string(id)}))
}

// one fails the test unless there is exactly one event, and it has that type.
func (b *eventBench) one(all []outbox.Event, want outbox.Type) outbox.Event {
	b.Helper()
	if len(all) != 1 || all[0].Type != want {
		b.Fatalf("events %+v, want one %s", all, want)
	}
	return all[0]
}

// paths renders the changes of an event.
func paths(e outbox.Event) (list []string) {
	for _, c := range e.Changes {
		list = append(list, fmt.Sprintf("%s: %s -> %s", c.Attribute, c.Old, c.New))
	}
	return list
}

// request makes the context of a provider's request.
func (b *eventBench) request(id, operation string) context.Context {
	return directory.WithLogRecord(b.Context(), func([]scim.ID) directory.LogRecord {
		return directory.LogRecord{Time: time.Now(), Request: id, Operation: operation, Status: 200}
	})
}

// parsed is a document with password.
func parsed(t *testing.T, doc string, hash string) directory.Content {
	t.Helper()
	v, err := scim.ParseJSON([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	c := directory.Content{Doc: v}
	if hash != "" {
		c.HashPassword = func() (string, error) { return hash, nil }
	}
	return c
}

func TestEventsOfAUser(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	const core, work = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"x","userName":"ann",`,
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":`
	change := func(ctx context.Context, id scim.ID, doc, hash string) {
		t.Helper()
		c := parsed(t, doc, hash)
		if _, err := b.acme.Users().Replace(ctx, id, nil, setTo(c)); err != nil {
			t.Fatal(err)
		}
	}
	u, err := b.acme.Users().Create(b.request("r1", "create"),
		parsed(t, core+`"name":{"familyName":"A"},"title":"T"}`, "secret hash"))
	if err != nil {
		t.Fatal(err)
	}
	e := b.one(b.of("USER", u.ID), "user.created")
	if e.Transaction != "r1" || e.Issuer != "scim.test" || e.Version != 1 || len(e.Changes) > 0 ||
		e.Resource.UserName != "ann" || !*e.Resource.Active { // E-2.2-2
		t.Errorf("created: %+v", e)
	}
	data := string(e.Events["urn:ietf:params:scim:event:prov:create:full"].Data)
	meta := fmt.Sprintf(`"meta":{"resourceType":"User","created":"%s","lastModified":"%[1]s",`+
		`"location":"https://scim.example.com/v2/Users/%s","version":"W/\"1\""}`, scim.FormatTime(u.Created), u.ID)
	want := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"` + string(u.ID) + `","externalId":"x",` +
		`"userName":"ann","name":{"familyName":"A"},"title":"T",` + meta + `}`
	if diff := cmp.Diff(want, data); diff != "" { // E-2.4-3: without the password
		t.Errorf("data: %s", diff)
	}
	change(b.request("r2", "replace"), u.ID,
		core+`"name":{"familyName":"B","givenName":"G"},`+work+`{"department":"D","manager":{"value":"m"}}}`, "")
	e = b.one(b.of("USER", u.ID), "user.updated")
	if diff := cmp.Diff([]string{
		`name.familyName: "A" -> "B"`, `name.givenName:  -> "G"`,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department:  -> "D"`,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value:  -> "m"`,
		`title: "T" -> `,
	}, paths(e)); diff != "" || e.Transaction != "r2" { // E-2.2-3
		t.Errorf("%s: %s", e.Transaction, diff)
	}
	change(b.request("r3", "patch"), u.ID, core+`"active":false}`, "new hash")
	e = b.one(b.of("USER", u.ID), "user.deactivated")
	if *e.Resource.Active || !cmp.Equal(e.Changes[len(e.Changes)-1], outbox.Change{Attribute: "password"}) {
		t.Errorf("deactivated: %+v", e)
	}
	change(t.Context(), u.ID, core+`"active":true}`, "")
	if e = b.one(b.of("USER", u.ID), "user.activated"); e.Transaction != e.ID {
		t.Errorf("nobody's request is %s", e.Transaction)
	}
	if all := b.of("USER", u.ID); len(all) > 0 {
		t.Errorf("nothing happened: %+v", all)
	}
	if err := b.acme.Users().Delete(b.request("r4", "delete"), u.ID, nil); err != nil {
		t.Fatal(err)
	}
	if all := b.of("USER", u.ID); len(all) > 0 { // the mark's record is what tells of it
		t.Errorf("the removal: %+v", all)
	}
}

// TestEventsOfOwnSchemas: events contain the attributes of a tenant's own schemas, except for
// the values of attributes that are never returned.
func TestEventsOfOwnSchemas(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	const urn = "urn:acme:scim:1.0:User"
	definition := `{"id":"` + urn +
		`","name":"Acme","attributes":[{"name":"costId"},{"name":"pin","returned":"never"}]}`
	set := func(all ...tenant.Extension) {
		t.Helper()
		change := func(tenant.Tenant, []tenant.Extension) ([]tenant.Extension, error) { return all, nil }
		if err := b.dir.Tenants().ChangeSchemas(t.Context(), "acme", change); err != nil {
			t.Fatal(err)
		}
	}
	content := func(cost string) directory.Content {
		return parsed(t, `{"schemas":["`+scim.UserSchema+`","`+urn+`"],"userName":"ann","`+urn+`":{"costId":"`+cost+
			`","pin":"pin`+cost+`"}}`, "")
	}
	replace := func(id scim.ID, cost string) {
		t.Helper()
		_, err := b.acme.Users().Replace(t.Context(), id, nil, setTo(content(cost)))
		if err != nil {
			t.Fatal(err)
		}
	}
	set(tenant.Extension{URN: urn, ResourceType: "User", Definition: definition})
	u, err := b.acme.Users().Create(t.Context(), content("1"))
	if err != nil {
		t.Fatal(err)
	}
	e := b.one(b.of("USER", u.ID), "user.created")
	data := string(e.Events["urn:ietf:params:scim:event:prov:create:full"].Data)
	if !strings.Contains(data, `"`+urn+`":{"costId":"1"}`) {
		t.Errorf("created: %s", data)
	}
	replace(u.ID, "2")
	e = b.one(b.of("USER", u.ID), "user.updated")
	if diff := cmp.Diff([]string{urn + `:costId: "1" -> "2"`, urn + `:pin:  -> `}, paths(e)); diff != "" {
		t.Error(diff)
	}
	set() // hidden from now on
	replace(u.ID, "3")
	e = b.one(b.of("USER", u.ID), "user.updated")
	text, err := json.Marshal(e)
	if err != nil || strings.Contains(string(text), "pin3") || strings.Contains(string(text), `"3"`) {
		t.Errorf("%s, %v", text, err)
	}
}

// TestEventsOfMarks: a deletion has one event, when the resource is marked.
func TestEventsOfMarks(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	image := func(deleted string) *directory.Image {
		return &directory.Image{
			Doc: `{"userName":"ann"}`, Version: 3, DeletedAt: deleted, Modified: "2026-01-01T00:00:00.000Z",
		}
	}
	record := func(before, after *directory.Image) directory.StreamRecord {
		b.n++
		return directory.StreamRecord{
			PK: "T#acme#USER", SK: "u", Before: before, After: after,
			Record: outbox.Record{ID: fmt.Sprint(b.n), At: time.Now()},
		}
	}
	const at = "2026-02-02T02:02:02.222Z"
	e := b.one(b.write(b.acme.Events(), record(image(""), image(at)),
		record(image(at), image(at)), record(image(at), nil), record(image(""), nil)), "user.deleted")
	if scim.FormatTime(e.Time.Time) != at || e.Resource.UserName != "ann" || len(e.Changes) > 0 {
		t.Errorf("%+v", e)
	}
	unknown := record(nil, image(""))
	unknown.Unknown = true
	e = b.one(b.write(b.acme.Events(), unknown), "user.updated")
	if !e.Truncated || len(e.Changes) > 0 || e.Events["urn:ietf:params:scim:event:prov:put:full"].Data == nil {
		t.Errorf("a change of what is unknown: %+v", e)
	}
}

func TestDamagedRecordsFail(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	good := directory.StreamRecord{
		PK: "T#acme#USER", SK: "u1", After: &directory.Image{Doc: "{}"}, Record: outbox.Record{ID: "1", At: time.Now()},
	}
	doc, log := good, good
	doc.After, doc.ID = &directory.Image{Doc: "{"}, "2"
	log.After, log.ID = &directory.Image{Doc: "{}", Log: "{"}, "3"
	events, failed := b.dir.WriteEvents(t.Context(), []directory.StreamRecord{doc, good, log})
	if events != 1 || len(failed) != 2 || failed[0] == nil || failed[2] == nil {
		t.Errorf("%d events, failures %v", events, failed)
	}
}

func TestEventsOfConnecting(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	a := b.account("ann@example.com", "ann@example.com")
	b.one(b.ofAccount(a.ID), "account.created")
	_, err := b.acme.Users().Create(b.request("r1", "create"), user("ann@example.com", "x", "ann@example.com"))
	ids := b.recordConflicts(b.acme, err)
	if _, err := b.acme.Conflicts().Approve(t.Context(), ids[0], "op", a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.acme.Users().Create(b.request("r2", "create"),
		user("ann@example.com", "x", "ann@example.com")); err != nil {
		t.Fatal(err)
	}
	if e := b.one(b.ofAccount(a.ID), "account.connected"); e.Resource.ID != a.ID || e.Tenant != "" {
		t.Errorf("%+v", e)
	}
	if e := b.one(b.of("USER", a.ID), "user.connected"); e.Resource.ID != a.ID || len(e.Events) != 2 ||
		e.Transaction != "r2" {
		t.Errorf("%+v", e)
	}
}

func TestEventsOfReleasing(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	a := b.account("ann@example.com", "ann@example.com")
	b.one(b.ofAccount(a.ID), "account.created")
	_, err := b.acme.Users().Create(t.Context(), user("ann@example.com", "x", "ann@example.com"))
	ids := b.recordConflicts(b.acme, err)
	if _, err := b.acme.Conflicts().Release(t.Context(), ids[0], directory.Replacement{UserName: "freed"}); err != nil {
		t.Fatal(err)
	}
	e := b.one(b.ofAccount(a.ID), "account.released")
	if diff := cmp.Diff([]string{
		`userName: "ann@example.com" -> "freed"`,
		`emails: [{"value":"ann@example.com"}] -> `, `emails.verified: ["ann@example.com"] -> `,
	}, paths(e)); diff != "" {
		t.Error(diff)
	}
	update := func() {
		changed := account("freed", "new@example.com")
		if _, err := b.dir.Accounts().Change(t.Context(), a.ID, nil, setAccountTo(changed)); err != nil {
			t.Fatal(err)
		}
	}
	update()
	b.one(b.ofAccount(a.ID), "account.updated")
}

// TestEventsOfMembers: each member who joins or leaves has one event, with the current group,
// and none after the group was deleted.
func TestEventsOfMembers(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	u, v := b.create("u", ""), b.create("v", "")
	g := b.group("crew", u.ID, v.ID)
	keys := []table.Key{
		{PK: "T#acme#MEMBERS#" + string(g.ID), SK: "U#" + string(u.ID)},
		{PK: "T#acme#MEMBERS#" + string(g.ID), SK: "U#" + string(v.ID)},
	}
	e := b.one(b.write(b.acme.Events(), b.record(keys[0]), b.record(keys[1])), "group.member_added")
	want := []outbox.Member{{ID: u.ID, Type: "User"}, {ID: v.ID, Type: "User"}}
	if diff := cmp.Diff(want, e.Members); diff != "" || e.Resource.DisplayName != "crew" || e.Resource.ID != g.ID {
		t.Errorf("%+v: %s", e, diff)
	}
	b.one(b.of("GROUP", g.ID), "group.created")
	if _, err := b.edit(t.Context(), g.ID, directory.MemberEdit{Remove: []scim.ID{u.ID}}); err != nil {
		t.Fatal(err)
	}
	b.one(b.write(b.acme.Events(), b.record(keys[0])), "group.member_removed")
	if all := b.of("GROUP", g.ID); len(all) > 0 { // its version alone has moved
		t.Errorf("%+v", all)
	}
	if err := b.acme.Groups().Delete(t.Context(), g.ID, nil); err != nil {
		t.Fatal(err)
	}
	if all := b.write(b.acme.Events(), b.record(keys[1])); len(all) > 0 {
		t.Errorf("the members of a group that is gone: %+v", all)
	}
}

// TestEventsOfARemovedTenant: the last event says that the tenant is gone, and late records
// change nothing.
func TestEventsOfARemovedTenant(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	u := b.create("ann", "")
	late := b.record(table.Key{PK: "T#acme#USER", SK: string(u.ID)})
	late.At = late.At.Add(-time.Second)
	b.one(b.write(b.acme.Events(), late), "user.created")
	left, err := b.dir.RemoveTenant(t.Context(), "acme", directory.RemovalTimes{Work: time.Minute})
	if err != nil || !left.Done {
		t.Fatalf("%+v, %v", left, err)
	}
	b.newTenant("acme")
	second := late
	second.ID = "another"
	if all := b.write(b.acme.Events(), late, second); len(all) > 0 {
		t.Errorf("late records made %+v", all)
	}
	page, err := b.acme.Events().Page(t.Context(), 1, 10)
	if err != nil || len(page.Events) != 1 || page.Last != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	var e outbox.Event
	if err := json.Unmarshal(page.Events[0], &e); err != nil || e.Type != "tenant.deleted" || e.Resource.ID != "acme" ||
		e.Subject.Format != "opaque" {
		t.Errorf("%s, %v", page.Events[0], err)
	}
	var expired *outbox.ExpiredError
	if _, err := b.acme.Events().Page(t.Context(), 0, 10); !errors.As(err, &expired) || expired.Oldest != 2 {
		t.Errorf("what named persons: %v", err)
	}
}

// TestEventsOfATeam: the events of a team and its persons, until it becomes a group.
func TestEventsOfATeam(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	u := b.create("ann", "")
	team, err := b.acme.Teams().Create(t.Context(), "crew")
	if err != nil {
		t.Fatal(err)
	}
	if e := b.one(b.of("TEAM", team.ID), "team.created"); e.Resource.DisplayName != "crew" ||
		e.Subject.Format != "opaque" {
		t.Errorf("%+v", e)
	}
	edge := table.Key{PK: "TEAMOF#" + string(u.ID), SK: "acme#" + string(team.ID)}
	if _, err := b.acme.Teams().Edit(t.Context(), team.ID, directory.TeamEdit{Add: []scim.ID{u.ID}}); err != nil {
		t.Fatal(err)
	}
	e := b.one(b.write(b.acme.Events(), b.record(edge)), "team.member_added")
	if diff := cmp.Diff([]outbox.Member{{ID: u.ID}}, e.Members); diff != "" || e.Resource.ID != team.ID {
		t.Errorf("%+v: %s", e, diff)
	}
	_, err = b.acme.Groups().Create(b.request("r1", "create"), group("crew", ""), directory.MemberEdit{})
	ids := b.recordConflicts(b.acme, err)
	if _, err := b.acme.Conflicts().Approve(t.Context(), ids[0], "op", team.ID); err != nil {
		t.Fatal(err)
	}
	marked := b.record(table.Key{PK: "T#acme#TEAM", SK: string(team.ID)})
	if _, err := b.acme.Groups().Create(b.request("r2", "create"),
		group("crew", ""), directory.MemberEdit{}); err != nil {
		t.Fatal(err)
	}
	image := *marked.After // as the connection marked it; it is removed at once
	image.DeletedAt, image.Connected = scim.FormatTime(time.Now()), true
	marked.Before, marked.After = marked.After, &image
	b.one(b.write(b.acme.Events(), marked), "team.connected")
	if e := b.one(b.of("GROUP", team.ID), "group.connected"); e.Transaction != "r2" || len(e.Events) != 2 {
		t.Errorf("%+v", e)
	}
}

// TestAFeedThatFailsHarmsNoOther: if a feed can't be written, its records fail, and the events
// of other feeds are appended.
func TestAFeedThatFailsHarmsNoOther(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	b.newTenant("globex")
	record := func(pk string) directory.StreamRecord {
		b.n++
		return directory.StreamRecord{
			PK: pk, SK: "u", After: &directory.Image{Doc: "{}"},
			Record: outbox.Record{ID: fmt.Sprint(b.n), At: time.Now()},
		}
	}
	refused := func(c []byte) bool { return bytes.Contains(c, []byte("T#globex#EVENTS")) }
	failing := onTable(t, b.table, func(next http.RoundTripper) http.RoundTripper { return refusing{next, refused} })
	batch := []directory.StreamRecord{record("T#globex#USER"), record("T#acme#USER"), record("T#globex#USER")}
	events, failed := failing.dir.WriteEvents(t.Context(), batch)
	if events != 1 || len(failed) != 2 || failed[0] == nil || failed[2] == nil {
		t.Errorf("%d events, %v", events, failed)
	}
	if events, failed = b.dir.WriteEvents(t.Context(), batch); events != 3 || len(failed) > 0 {
		t.Errorf("again: %d events, %v", events, failed)
	}
	for id, want := range map[tenant.ID]int64{"acme": 1, "globex": 2} {
		if head, err := b.dir.For(id).Events().Head(t.Context()); head != want || err != nil {
			t.Errorf("%s has %d events, %v", id, head, err)
		}
	}
}

// refusing is a transport that refuses some calls.
type refusing struct {
	next    http.RoundTripper
	refuses func(body []byte) bool
}

func (r refusing) RoundTrip(in *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		return nil, err
	}
	in = in.Clone(in.Context())
	in.Body = io.NopCloser(bytes.NewReader(body))
	if r.refuses(body) {
		return fault.Script(r.next, fault.Rule{Fault: fault.Denied}).RoundTrip(in)
	}
	return r.next.RoundTrip(in)
}
