package server_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
)

// message is a PATCH message of these operations, a JSON array.
func message(operations string) string {
	return `{"schemas":["` + patch.Message + `"],"Operations":` + operations + `}`
}

// patch sends operations to the user of an earlier answer.
func (c *client) patch(to answer, operations string, headers ...string) answer {
	c.Helper()
	return c.send("PATCH", path(to), message(operations), headers...)
}

// path is the path of the resource in an answer.
func path(a answer) string {
	return "/" + a.Body.Get("meta").Get("resourceType").Text() + "s/" + id(a)
}

// in returns the client for a subtest.
func (c *client) in(t *testing.T) *client {
	sub := *c
	sub.T = t
	return &sub
}

// get fetches the user of an earlier answer.
func (c *client) get(of answer, headers ...string) answer {
	c.Helper()
	return c.send("GET", path(of), "", headers...)
}

// search lists the users that match a filter.
func (c *client) search(filter string) answer {
	c.Helper()
	return c.send("GET", "/Users?filter="+escape(filter), "")
}

// finds fails the test unless a filter finds that number of users.
func (c *client) finds(filter, want string) {
	c.Helper()
	if a := c.wants(c.search(filter), 200, ""); a.Body.Get("totalResults").Text() != want {
		c.Errorf("%s finds %s, want %s: %s", filter, a.Body.Get("totalResults").Text(), want, a.Text)
	}
}

// unchanged fails the test unless a user is as an earlier answer showed it.
func (c *client) unchanged(was answer) {
	c.Helper()
	now := c.wants(c.get(was), 200, "")
	if now.Text != was.Text || now.Header.Get("ETag") != was.Header.Get("ETag") {
		c.Errorf("now %s, was %s", now.Text, was.Text)
	}
}

// representations are the five kinds of answers that contain a user.
func (c *client) representations() map[string]answer {
	c.Helper()
	created := c.create("ann", `,"title":"Dr"`)
	return map[string]answer{
		"POST":  created,
		"PUT":   c.wants(c.send("PUT", path(created), user("ann", `,"title":"Mr"`)), 200, ""),
		"PATCH": c.wants(c.patch(created, `[{"op":"replace","path":"title","value":"Ms"}]`), 200, ""),
		"GET":   c.wants(c.get(created), 200, ""),
		"list":  {Body: c.send("GET", "/Users", "").Body.Get("Resources").Items()[0]},
	}
}

func TestRepresentations(t *testing.T) { // P-3.4.2-9, P-3.9-1
	c := newClient(t)
	for by, a := range c.representations() {
		if a.Body.Get("schemas").JSON() != `["`+scim.UserSchema+`"]` { // S-3.3-1, P-3.1-2, S-3-1
			t.Errorf("%s: schemas %s", by, a.Body.Get("schemas").JSON())
		}
		meta := a.Body.Get("meta")
		// S-3.1-4, S-3.1-2
		if id(a) == "" || meta.Get("resourceType").Text() != "User" || meta.Get("version").Text() == "" ||
			a.Body.Get("userName").Text() != "ann" || a.Body.Get("title").Text() == "" {
			t.Errorf("%s: %s", by, a.Body.JSON())
		}
	}
}

func TestMessageSchemas(t *testing.T) { // P-3.1-3, P-3.12-2, P-3.4.2-3, S-1.1-1
	c := newClient(t)
	a := c.create("ann", "")
	got := c.send("GET", "/Users", "").Body.Get("schemas").JSON()
	if got != `["urn:ietf:params:scim:api:messages:2.0:ListResponse"]` {
		t.Errorf("a list has schemas %s", got)
	}
	for _, body := range []string{
		`{"Operations":[{"op":"remove","path":"title"}]}`,
		`{"schemas":[],"Operations":[{"op":"remove","path":"title"}]}`,
		`{"schemas":["` + bulkRequest + `"],"Operations":[{"op":"remove","path":"title"}]}`,
		`{"schemas":"urn:ietf:params:scim:api:messages:2.0:PatchOp","Operations":[{"op":"remove","path":"title"}]}`,
	} {
		refused := c.wants(c.send("PATCH", path(a), body), 400, "invalidSyntax")
		if got := refused.Body.Get("schemas").JSON(); got != `["urn:ietf:params:scim:api:messages:2.0:Error"]` {
			t.Errorf("an error has schemas %s", got)
		}
	}
}

func TestEndpointsHaveTheirMethods(t *testing.T) { // P-3.2-2
	c := newClient(t)
	a, g := c.create("ann", ""), c.createGroup("g", "")
	for _, tt := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/Users", "", 200},
		{"POST", "/Users", user("bob", ""), 201},
		{"GET", path(a), "", 200},
		{"PUT", path(a), user("ann", ""), 200},
		{"PATCH", path(a), message(`[{"op":"add","path":"title","value":"x"}]`), 200},
		{"DELETE", path(a), "", 204},
		{"GET", "/Groups", "", 200},
		{"POST", "/Groups", group("h", ""), 201},
		{"GET", path(g), "", 200},
		{"PUT", path(g), group("g", ""), 200},
		{"PATCH", path(g), message(`[{"op":"add","path":"members","value":[]}]`), 200},
		{"DELETE", path(g), "", 204},
		{"GET", "/ServiceProviderConfig", "", 200},
		{"GET", "/Schemas", "", 200},
		{"GET", "/Schemas/" + scim.UserSchema, "", 200},
		{"GET", "/ResourceTypes", "", 200},
		{"GET", "/ResourceTypes/User", "", 200},
		{"POST", "/Bulk", "", 400},
		{"POST", "/.search", `{"schemas":["` + scim.SearchRequestMessage + `"]}`, 200},
		{"POST", "/Users/.search", `{"schemas":["` + scim.SearchRequestMessage + `"]}`, 200},
		{"POST", "/Groups/.search", `{"schemas":["` + scim.SearchRequestMessage + `"]}`, 200},
		{"POST", "/Me", "", 501},
	} {
		if got := c.send(tt.method, tt.path, tt.body); got.StatusCode != tt.status {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, got.StatusCode, tt.status)
		}
	}
}

func TestBodiesAreJSONInUTF8(t *testing.T) { // P-3.8-1, P-3.8-2, P-3.8-8, S-2.3.1-1
	c := newClient(t)
	const name = "Zoé 漢字 🙂"
	for i, contentType := range []string{"application/scim+json", "application/json;charset=UTF-8"} {
		a := c.send("POST", "/Users",
			user("u"+string(rune('0'+i)),
				`,"displayName":"`+name+`","emails":[{"value":"`+string(rune('a'+i))+`@x.org"}]`),
			"Content-Type", contentType)
		c.wants(a, 201, "")
		if !strings.Contains(a.Text, name) || !strings.Contains(c.get(a).Text, name) {
			t.Errorf("%s: %s", contentType, a.Text)
		}
		if a.Body.Get("emails").Kind() != scim.Array || a.Body.Get("meta").Kind() != scim.Object ||
			a.Body.Get("userName").Kind() != scim.String {
			t.Errorf("%s", a.Text)
		}
	}
}
