package outbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
)

// text appends one draft to a fresh feed and returns the event's JSON.
func (b *bench) text(d outbox.Draft) string {
	b.Helper()
	before, err := b.acme.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.append(d)
	page, err := b.acme.Page(b.Context(), before, 1)
	if err != nil || len(page.Events) != 1 {
		b.Fatalf("%d events, %v", len(page.Events), err)
	}
	return string(page.Events[0])
}

// claims decodes an event and takes out what differs from run to run.
func claims(t *testing.T, text string) map[string]any {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"iat", "jti", "txn"} {
		if e[name] == nil || e[name] == "" {
			t.Errorf("the event has no %s: %s", name, text) // E-2.2-2: also without a request
		}
		delete(e, name)
	}
	return e
}

func TestEventURIs(t *testing.T) {
	b := newBench(t)
	const patch = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`
	changes := []outbox.Change{
		{Attribute: "displayName", Old: json.RawMessage(`"a"`), New: json.RawMessage(`"b"`)}, {Attribute: "externalId", Old: json.RawMessage(`"x"`)},
	}
	members := []outbox.Member{{ID: "u1", Type: "User"}, {ID: "g1", Type: "Group"}}
	for n, tt := range []struct {
		subject, verb string
		want          string // the claim events
	}{
		{outbox.User, outbox.Created, `{"urn:ietf:params:scim:event:prov:create:full":{"version":"W/\"3\"","data":{"id":"1"}}}`},
		{outbox.User, outbox.Connected, `{"urn:ietf:params:scim:event:prov:create:full":{"version":"W/\"3\"","data":{"id":"1"}},"urn:scimserver:event:user.connected":{}}`},
		{outbox.User, outbox.Updated, `{"urn:ietf:params:scim:event:prov:put:full":{"version":"W/\"3\"","data":{"id":"1"}}}`},
		{outbox.User, outbox.Released, `{"urn:ietf:params:scim:event:prov:put:full":{"version":"W/\"3\"","data":{"id":"1"}}}`},
		{outbox.User, outbox.Activated, `{"urn:ietf:params:scim:event:prov:activate":{},"urn:ietf:params:scim:event:prov:put:full":{"version":"W/\"3\"","data":{"id":"1"}}}`},
		{outbox.User, outbox.Deactivated, `{"urn:ietf:params:scim:event:prov:deactivate":{},"urn:ietf:params:scim:event:prov:put:full":{"version":"W/\"3\"","data":{"id":"1"}}}`},
		{outbox.User, outbox.Deleted, `{"urn:ietf:params:scim:event:prov:delete":{}}`}, // E-2.4-2
		{outbox.Group, outbox.Created, `{"urn:ietf:params:scim:event:prov:create:full":{"version":"W/\"3\"","data":{"id":"1"}}}`},
		{outbox.Group, outbox.Updated, `{"urn:ietf:params:scim:event:prov:patch:full":{"version":"W/\"3\"","data":` + patch +
			`[{"op":"replace","path":"displayName","value":"b"},{"op":"remove","path":"externalId"}]}}}`},
		{outbox.Group, outbox.MemberAdded, `{"urn:ietf:params:scim:event:prov:patch:full":{"version":"W/\"3\"","data":` + patch +
			`[{"op":"add","path":"members","value":[{"value":"u1","type":"User"},{"value":"g1","type":"Group"}]}]}}}`},
		{outbox.Group, outbox.MemberRemoved, `{"urn:ietf:params:scim:event:prov:patch:full":{"version":"W/\"3\"","data":` + patch +
			`[{"op":"remove","path":"members[value eq \"u1\"]"},{"op":"remove","path":"members[value eq \"g1\"]"}]}}}`},
		{outbox.Group, outbox.Deleted, `{"urn:ietf:params:scim:event:prov:delete":{}}`},
		{outbox.Team, outbox.MemberAdded, `{"urn:scimserver:event:team.member_added":{}}`},
		{outbox.Account, outbox.Updated, `{"urn:scimserver:event:account.updated":{}}`},
	} {
		d := created(n)
		d.Event.Type, d.Event.Version, d.Event.Changes, d.Data = outbox.TypeOf(tt.subject, tt.verb), 3, changes, json.RawMessage(`{"id":"1"}`)
		if strings.HasPrefix(tt.verb, "member_") {
			d.Event.Members = members
		}
		e := claims(t, b.text(d))
		var want any
		if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, e["events"]); diff != "" { // E-2.2-1, E-2.4-1
			t.Errorf("%s: %s", d.Event.Type, diff)
		}
	}
}

func TestSubjects(t *testing.T) {
	b := newBench(t)
	for n, tt := range []struct {
		subject string
		want    map[string]any
	}{
		{outbox.User, map[string]any{"format": "scim", "uri": "/Users/r", "id": "r", "externalId": "x"}}, // E-2.1-3, E-2.1-4
		{outbox.Group, map[string]any{"format": "scim", "uri": "/Groups/r", "id": "r", "externalId": "x"}},
		{outbox.Team, map[string]any{"format": "opaque", "id": "r", "externalId": "x"}},
		{outbox.Account, map[string]any{"format": "opaque", "id": "r", "externalId": "x"}},
	} {
		d := created(n)
		d.Event.Type, d.Event.Resource = outbox.TypeOf(tt.subject, outbox.Deleted), outbox.Resource{ID: "r", ExternalID: "x"}
		e := claims(t, b.text(d))
		if diff := cmp.Diff(tt.want, e["sub_id"]); diff != "" { // E-2.1-1
			t.Errorf("%s: %s", tt.subject, diff)
		}
		if e["sub"] != nil { // E-2.1-2
			t.Errorf("%s has the claim sub", tt.subject)
		}
	}
}

// TestWireFormat shows a whole event.
func TestWireFormat(t *testing.T) {
	b := newBench(t)
	active := true
	d := created(0)
	d.Event.Issuer, d.Event.Transaction = "https://scim.example.com/scim/v2", "request"
	d.Event.Type, d.Event.Version = outbox.TypeOf(outbox.User, outbox.Updated), 5
	d.Event.Resource = outbox.Resource{ID: "1", ExternalID: "x", UserName: "<ann>", Emails: json.RawMessage(`[{"value":"ann@example.com"}]`), Active: &active}
	d.Event.Changes = []outbox.Change{{Attribute: "name.familyName", Old: json.RawMessage(`"A"`), New: json.RawMessage(`"B"`)}, {Attribute: "password"}}
	d.Data = json.RawMessage(`{"userName":"<ann>"}`)
	text := b.text(d)
	for _, part := range []string{
		`{"iss":"https://scim.example.com/scim/v2","iat":`, `,"aud":"tenants/acme","txn":"request","sub_id":{"format":"scim",`,
		`"type":"user.updated","tenant":"acme","sequence":1,"version":5,"time":"2026-11-28T12:00:00.000Z",` +
			`"resource":{"id":"1","externalId":"x","userName":"<ann>","emails":[{"value":"ann@example.com"}],"active":true},` +
			`"changes":[{"attribute":"name.familyName","old":"A","new":"B"},{"attribute":"password"}]}`,
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%s\nlacks %s", text, part)
		}
	}
}

// TestLargeEvents: an event of more than 200 KB has the names of the attributes and no values.
func TestLargeEvents(t *testing.T) {
	b := newBench(t)
	long := json.RawMessage(`"` + strings.Repeat("x", outbox.MaxSize/3) + `"`)
	for n, subject := range []string{outbox.User, outbox.Group} {
		d := created(n)
		d.Event.Type, d.Event.Resource.ID, d.Event.Resource.Emails = outbox.TypeOf(subject, outbox.Updated), scim.ID(subject), long
		d.Event.Changes = []outbox.Change{{Attribute: "title", Old: long, New: long}, {Attribute: "nickName"}}
		d.Data = long
		text := b.text(d)
		e := claims(t, text)
		want := map[string]any{"urn:ietf:params:scim:event:prov:put:notice": map[string]any{
			"version": `W/"1"`, "attributes": []any{"title", "nickName"},
		}}
		if diff := cmp.Diff(want, e["events"]); diff != "" || e["truncated"] != true || len(text) > 2000 { // E-2.2-3
			t.Errorf("%s: truncated %v, %d bytes, %s", subject, e["truncated"], len(text), diff)
		}
	}
}
