package outbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
)

// text appends one draft and returns the event's JSON.
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

// claims decodes an event and removes the claims that differ from run to run.
func claims(t *testing.T, text string) map[string]any {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"iat", "jti", "txn"} {
		if e[name] == nil || e[name] == "" {
			t.Errorf("the event has no %s: %s", name, text) // E-2.2-2: txn is set even without a request
		}
		delete(e, name)
	}
	return e
}

const (
	provURI = "urn:ietf:params:scim:event:prov:"
	ownURI  = "urn:scimserver:event:"
)

// eventCase is a type of event, and the event URIs that it has with their payloads.
type eventCase struct {
	subject, verb string
	want          map[string]any
}

// whole is the payload that has the whole resource.
func whole() any {
	return map[string]any{"version": `W/"3"`, "data": map[string]any{"id": "1"}}
}

// patch is the payload that has the operations of a PATCH request, given as JSON.
func patch(t *testing.T, operations string) any {
	t.Helper()
	var list any
	if err := json.Unmarshal([]byte(operations), &list); err != nil {
		t.Fatal(err)
	}
	return map[string]any{"version": `W/"3"`, "data": map[string]any{
		"schemas":    []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": list,
	}}
}

func userEvents() []eventCase {
	none := map[string]any{}
	return []eventCase{
		{outbox.User, outbox.Created, map[string]any{provURI + "create:full": whole()}},
		{outbox.User, outbox.Connected, map[string]any{
			provURI + "create:full":   whole(),
			ownURI + "user.connected": none,
		}},
		{outbox.User, outbox.Updated, map[string]any{provURI + "put:full": whole()}},
		{outbox.User, outbox.Released, map[string]any{provURI + "put:full": whole()}},
		{outbox.User, outbox.Activated, map[string]any{
			provURI + "activate": none,
			provURI + "put:full": whole(),
		}},
		{outbox.User, outbox.Deactivated, map[string]any{
			provURI + "deactivate": none,
			provURI + "put:full":   whole(),
		}},
		{outbox.User, outbox.Deleted, map[string]any{provURI + "delete": none}}, // E-2.4-2
	}
}

func groupEvents(t *testing.T) []eventCase {
	update := patch(t, `[
		{"op": "replace", "path": "displayName", "value": "b"},
		{"op": "remove", "path": "externalId"}
	]`)
	add := patch(t, `[
		{"op": "add", "path": "members", "value": [{"value": "u1", "type": "User"}, {"value": "g1", "type": "Group"}]}
	]`)
	remove := patch(t, `[
		{"op": "remove", "path": "members[value eq \"u1\"]"},
		{"op": "remove", "path": "members[value eq \"g1\"]"}
	]`)
	return []eventCase{
		{outbox.Group, outbox.Created, map[string]any{provURI + "create:full": whole()}},
		{outbox.Group, outbox.Updated, map[string]any{provURI + "patch:full": update}},
		{outbox.Group, outbox.MemberAdded, map[string]any{provURI + "patch:full": add}},
		{outbox.Group, outbox.MemberRemoved, map[string]any{provURI + "patch:full": remove}},
		{outbox.Group, outbox.Deleted, map[string]any{provURI + "delete": map[string]any{}}},
	}
}

func TestEventURIs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cases := append(userEvents(), groupEvents(t)...)
	cases = append(cases,
		eventCase{outbox.Team, outbox.MemberAdded, map[string]any{ownURI + "team.member_added": map[string]any{}}},
		eventCase{outbox.Account, outbox.Updated, map[string]any{ownURI + "account.updated": map[string]any{}}},
	)
	for n, tt := range cases {
		d := created(n)
		d.Event.Type, d.Event.Version = outbox.TypeOf(tt.subject, tt.verb), 3
		d.Event.Changes = []outbox.Change{
			{Attribute: "displayName", Old: json.RawMessage(`"a"`), New: json.RawMessage(`"b"`)},
			{Attribute: "externalId", Old: json.RawMessage(`"x"`)},
		}
		d.Data = json.RawMessage(`{"id":"1"}`)
		if strings.HasPrefix(tt.verb, "member_") {
			d.Event.Members = []outbox.Member{{ID: "u1", Type: "User"}, {ID: "g1", Type: "Group"}}
		}
		e := claims(t, b.text(d))
		if diff := cmp.Diff(any(tt.want), e["events"]); diff != "" { // E-2.2-1, E-2.4-1
			t.Errorf("%s: %s", d.Event.Type, diff)
		}
	}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for n, tt := range []struct {
		subject string
		want    map[string]any
	}{
		{outbox.User, map[string]any{ // E-2.1-3, E-2.1-4
			"format": "scim", "uri": "/Users/r", "id": "r", "externalId": "x",
		}},
		{outbox.Group, map[string]any{
			"format": "scim", "uri": "/Groups/r", "id": "r", "externalId": "x",
		}},
		{outbox.Team, map[string]any{"format": "opaque", "id": "r", "externalId": "x"}},
		{outbox.Account, map[string]any{"format": "opaque", "id": "r", "externalId": "x"}},
	} {
		d := created(n)
		d.Event.Type = outbox.TypeOf(tt.subject, outbox.Deleted)
		d.Event.Resource = outbox.Resource{ID: "r", ExternalID: "x"}
		e := claims(t, b.text(d))
		if diff := cmp.Diff(tt.want, e["sub_id"]); diff != "" { // E-2.1-1
			t.Errorf("%s: %s", tt.subject, diff)
		}
		if e["sub"] != nil { // E-2.1-2
			t.Errorf("%s has the claim sub", tt.subject)
		}
	}
}

// TestWireFormat compares the text of a whole event, apart from its times and ids.
func TestWireFormat(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	active := true
	d := created(0)
	d.Event.Issuer, d.Event.Transaction = "https://scim.example.com/scim/v2", "request"
	d.Event.Type, d.Event.Version = outbox.TypeOf(outbox.User, outbox.Updated), 5
	d.Event.Resource = outbox.Resource{
		ID: "1", ExternalID: "x", UserName: "<ann>", Active: &active,
		Emails: json.RawMessage(`[{"value":"ann@example.com"}]`),
	}
	d.Event.Changes = []outbox.Change{
		{Attribute: "name.familyName", Old: json.RawMessage(`"A"`), New: json.RawMessage(`"B"`)},
		{Attribute: "password"},
	}
	d.Data = json.RawMessage(`{"userName":"<ann>"}`)
	text := b.text(d)
	for _, part := range []string{
		`{"iss":"https://scim.example.com/scim/v2","iat":`,
		`,"aud":"tenants/acme","txn":"request","sub_id":{"format":"scim",`,
		`"type":"user.updated","tenant":"acme","sequence":1,"version":5,"time":"2026-11-28T12:00:00.000Z",` +
			`"resource":{"id":"1","externalId":"x","userName":"<ann>","emails":[{"value":"ann@example.com"}],` +
			`"active":true},` +
			`"changes":[{"attribute":"name.familyName","old":"A","new":"B"},{"attribute":"password"}]}`,
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%s\nlacks %s", text, part)
		}
	}
}

// TestLargeEvents: an event that exceeds 200 KB names the attributes without their values.
func TestLargeEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	long := json.RawMessage(`"` + strings.Repeat("x", outbox.MaxSize/3) + `"`)
	for n, subject := range []string{outbox.User, outbox.Group} {
		d := created(n)
		d.Event.Type = outbox.TypeOf(subject, outbox.Updated)
		d.Event.Resource.ID, d.Event.Resource.Emails = scim.ID(subject), long
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
