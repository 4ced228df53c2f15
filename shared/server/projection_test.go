package server_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
)

// tagsName are the members of a representation, in alphabetical order.
func tagsName(v scim.Value) string {
	var list []string
	for _, m := range v.Members() {
		list = append(list, m.Name)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func (c *client) shows(a answer, v scim.Value, want string) {
	c.Helper()
	if got := tagsName(v); a.StatusCode/100 != 2 || got != want {
		c.Errorf("%d, members %s, want %s: %s", a.StatusCode, got, want, a.Text)
	}
}

// Every operation that returns users applies the selection.
func TestProjection(t *testing.T) { // P-3.4.2.5-1, S-3.1-15
	c := newClient(t)
	const only = "?attributes=USERNAME,name.givenName"
	created := c.send("POST", "/Users"+only,
		user("ann", `,"title":"t","name":{"givenName":"A","familyName":"B"},"emails":[{"value":"a@x.org"}]`))
	path := "/Users/" + id(created)
	replacement := user("ann", `,"title":"t","name":{"givenName":"A","familyName":"B"},"emails":[{"value":"a@x.org"}]`)
	patch := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace",` +
		`"path":"title","value":"u"}]}`
	// P-3.9-2, P-3.9-5, P-3.5.2-27
	for _, a := range []answer{
		created, c.send("GET", path+only, ""), c.send("PUT", path+only, replacement),
		c.send("PATCH", path+only, patch),
	} {
		c.shows(a, a.Body, "id name schemas userName")
		c.shows(a, a.Body.Get("name"), "givenName")
		if a.Header.Get("Location") == "" || a.Header.Get("ETag") == "" {
			t.Errorf("headers %v", a.Header)
		}
	}
	but := c.send("GET", path+"?excludedAttributes=emails,name.familyName,meta,id", "") // P-3.9-3
	c.shows(but, but.Body, "id name schemas title userName")
	c.shows(but, but.Body.Get("name"), "givenName")
	for _, query := range []string{"?attributes=userName", `?attributes=userName&filter=userName+eq+"ann"`} {
		list := c.send("GET", "/Users"+query, "")
		c.shows(list, list.Body.Get("Resources").Items()[0], "id schemas userName")
	}
	whole := c.send("GET", path+"?attributes=", "") // P-3.9-1
	c.shows(whole, whole.Body, "emails id meta name schemas title userName")
}

func TestBothSelectionsChangeNothing(t *testing.T) { // P-3.9-6
	c := newClient(t)
	c.wants(c.send("POST", "/Users?attributes=userName&excludedAttributes=emails", user("ann", "")),
		400, "invalidValue")
	if n := c.send("GET", "/Users", "").Body.Get("totalResults").Text(); n != "0" {
		t.Errorf("%s users", n)
	}
}

// TestRequested serves a schema of users with kinds of attributes that the standard one lacks: returned
// on request, and immutable.
func TestRequested(t *testing.T) {
	t.Parallel()
	const urn = "urn:example:params:scim:schemas:test:2.0:Person"
	registry, err := schema.Load(fstest.MapFS{
		"schemas/p.json": {Data: []byte(`{"id":"` + urn + `","attributes":[
			{"name":"userName","required":true},
			{"name":"secret","returned":"request"},
			{"name":"badge","mutability":"immutable"},
			{"name":"c","type":"complex","subAttributes":[{"name":"r","returned":"request"},{"name":"d"}]}]}`)},
		"resourcetypes/u.json": {Data: []byte(`{"name":"User","schema":"` + urn + `"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, func(o *server.Options) { o.Registry = registry })
	body := func(more string) string { return `{"schemas":["` + urn + `"],"userName":"ann"` + more + `}` }
	created := c.send("POST", "/Users", body(`,"secret":"s","badge":"7","c":{"r":"1","d":"2"}`))
	c.shows(created, created.Body, "badge c id meta schemas secret userName") // S-7-18
	c.shows(created, created.Body.Get("c"), "d r")
	path := "/Users/" + id(created)
	got := c.send("GET", path, "")
	c.shows(got, got.Body, "badge c id meta schemas userName") // P-3.9-8
	got = c.send("GET", path+"?attributes=secret", "")
	c.shows(got, got.Body, "id schemas secret")
	for operation, want := range map[string]string{
		`{"op":"add","path":"secret","value":"x"}`:        "badge c id meta schemas secret userName",
		`{"op":"add","path":"c.r","value":"x"}`:           "badge c id meta schemas userName",
		`{"op":"add","value":{"secret":"y"}}`:             "badge c id meta schemas secret userName",
		`{"op":"add","path":"userName","value":"ann"}`:    "badge c id meta schemas userName",
		`{"op":"replace","path":"c","value":{"d":"2"}}`:   "badge c id meta schemas userName",
		`{"op":"add","path":"SECRET","value":"the same"}`: "badge c id meta schemas secret userName",
	} {
		a := c.send("PATCH", path,
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+operation+`]}`)
		c.shows(a, a.Body, want)
	}
	c.wants(c.send("PUT", path, body(`,"badge":"8"`)), 400, "mutability") // P-3.5.1-6, S-7-13
	kept := c.wants(c.send("PUT", path, body("")), 200, "")
	if kept.Body.Get("badge").Text() != "7" { // P-3.5.1-8
		t.Error(kept.Text)
	}
}
