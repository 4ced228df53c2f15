package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/testkit"
)

func (c *client) config() scim.Value {
	c.Helper()
	return c.wants(c.send("GET", "/ServiceProviderConfig", ""), 200, "").Body
}

// TestAnnouncementsAreTrue uses every feature that the service could announce. A flag without a check
// here fails the test.
func TestAnnouncementsAreTrue(t *testing.T) { // P-4-9, S-5-1
	hashed := 0
	for _, hash := range []func(string) (string, error){
		nil, func(string) (string, error) { hashed++; return "$", nil },
	} {
		c := newClient(t, func(o *server.Options) { o.Passwords = hash })
		b, a := c.create("b", ""), c.create("a", "")
		works := map[string]func() bool{
			// P-3.5-2, P-3.5.2-1
			"patch": func() bool { return c.patch(a, `[{"op":"add","path":"title","value":"x"}]`).StatusCode == 200 },
			"bulk":  func() bool { return c.send("POST", "/Bulk", "{}").StatusCode != 501 }, // P-3.7-1
			// P-3.4.2.2-1
			"filter": func() bool { return c.search(`userName eq "a"`).Body.Get("totalResults").Text() == "1" },
			"sort": func() bool { // P-3.4.2.3-1
				up := c.send("GET", "/Users?sortBy=userName", "")
				down := c.send("GET", "/Users?sortBy=userName&sortOrder=descending", "")
				return c.wants(up, 200, "").Text != c.wants(down, 200, "").Text
			},
			// P-3.14-1
			"etag": func() bool { return c.get(b, "If-None-Match", c.get(b).Header.Get("ETag")).StatusCode == 304 },
			"changePassword": func() bool { // S-4.1.1-16
				before := hashed
				c.wants(c.send("PUT", path(b), user("b", `,"password":"new one"`)), 200, "")
				return hashed > before
			},
		}
		for _, m := range c.config().Members() {
			flag := m.Value.Get("supported")
			check := works[m.Name]
			if flag.IsEmpty() {
				continue
			}
			if check == nil || flag.Kind() != scim.Bool || check() != flag.IsTrue() {
				t.Errorf("%s.supported is %s", m.Name, flag.JSON())
			}
			delete(works, m.Name)
		}
		if len(works) > 0 {
			t.Errorf("not announced: %v", works)
		}
	}
}

func TestMaxResults(t *testing.T) { // P-3.4.2.4-6, S-5-1
	table := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, &many{next: http.DefaultTransport}) })
	c.create("ann", "")
	a := c.send("GET", "/Users?count=100000&excludedAttributes=groups", "")
	got, want := a.Body.Get("itemsPerPage").Text(), c.config().Get("filter").Get("maxResults").Text()
	if got != want {
		t.Errorf("%s in a page, maxResults %s", got, want)
	}
}

func TestServiceProviderConfig(t *testing.T) { // P-4-1, S-5-1
	c := newClient(t)
	config := c.config()
	// S-5-4, S-5-6
	if config.Get("schemas").JSON() != `["`+scim.ServiceProviderConfigSchema+`"]` ||
		!config.Get("Resources").IsEmpty() || !config.Get("id").IsEmpty() ||
		!config.Get("documentationUri").IsEmpty() {
		t.Errorf("%s", config.JSON())
	}
	meta := config.Get("meta")
	// S-5-5
	if meta.Get("resourceType").Text() != "ServiceProviderConfig" ||
		meta.Get("location").Text() != base+"/ServiceProviderConfig" {
		t.Errorf("meta %s", meta.JSON())
	}
	for _, number := range []scim.Value{ // P-3.7.4-1
		config.Get("bulk").Get("maxOperations"), config.Get("bulk").Get("maxPayloadSize"),
		config.Get("filter").Get("maxResults"),
	} {
		if number.Kind() != scim.Number || strings.ContainsAny(number.Text(), ".eE") {
			t.Errorf("%s is no integer", number.JSON())
		}
	}
	schemes := config.Get("authenticationSchemes").Items()
	// S-5-2, P-2-7
	if len(schemes) != 2 || schemes[0].Get("type").Text() != "oauthbearertoken" ||
		schemes[1].Get("type").Text() != "oauth2" {
		t.Errorf("%s", config.Get("authenticationSchemes").JSON())
	}
	for _, scheme := range schemes {
		if scheme.Get("name").Text() == "" || scheme.Get("description").Text() == "" ||
			scheme.Get("specUri").Text() == "" {
			t.Errorf("%s", scheme.JSON())
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		c.wants(c.send(method, "/ServiceProviderConfig", "{}"), 405, "")
	}
}

func TestResourceTypes(t *testing.T) { // P-4-4, S-3.1-1
	c := newClient(t)
	list := c.wants(c.send("GET", "/ResourceTypes", ""), 200, "")
	if got := list.Body.Get("Resources").Items()[0].Get("id").Text(); got != "User" {
		t.Errorf("the first type is %s", got)
	}
	if got := c.send("GET", "/Schemas", "").Body.Get("Resources").Items()[0].Get("id").Text(); got != scim.UserSchema {
		t.Errorf("the first schema is %s", got)
	}
	for _, typ := range list.Body.Get("Resources").Items() {
		for _, name := range []string{"name", "description", "endpoint", "schema"} { // S-6-1
			if typ.Get(name).Text() == "" {
				t.Errorf("no %s: %s", name, typ.JSON())
			}
		}
		schemas := []string{typ.Get("schema").Text()}
		for _, extension := range typ.Get("schemaExtensions").Items() {
			schemas = append(schemas, extension.Get("schema").Text())
			if extension.Get("required").Kind() != scim.Bool { // S-6-3
				t.Errorf("required of %s", extension.JSON())
			}
		}
		for _, urn := range schemas {
			c.wants(c.send("GET", "/Schemas/"+urn, ""), 200, "") // S-6-2
		}
		// S-6-4
		a := c.wants(c.send("GET", typ.Get("endpoint").Text(), ""), 200, "")
		if a.Body.Get("schemas").JSON() != `["`+scim.ListResponseMessage+`"]` {
			t.Errorf("%s", a.Text)
		}
		if typ.Get("meta").Get("location").Text() != base+"/ResourceTypes/"+typ.Get("id").Text() {
			t.Errorf("meta %s", typ.Get("meta").JSON())
		}
	}
	for _, path := range []string{ // S-7-5
		"/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/" + scim.UserSchema,
	} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} { // S-6-7
			c.wants(c.send(method, path, "{}"), 405, "")
		}
	}
}

// TestSchemasDescribeEverything looks up each URN in the schemas of all kinds of resources.
func TestSchemasDescribeEverything(t *testing.T) { // P-4-2, S-7-1, S-7-2
	c := newClient(t)
	c.create("ann", `,`+enterprise+`:{"department":"d"}`)
	var resources []scim.Value
	for _, endpoint := range []string{"/Users", "/Schemas", "/ResourceTypes"} {
		resources = append(resources, c.send("GET", endpoint, "").Body.Get("Resources").Items()...)
	}
	for _, resource := range append(resources, c.config()) {
		for _, urn := range resource.Get("schemas").Items() {
			a := c.wants(c.send("GET", "/Schemas/"+urn.Text(), ""), 200, "")
			if id(a) != urn.Text() || a.Body.Get("name").Text() == "" || a.Body.Get("description").Text() == "" {
				t.Errorf("%s: %.200s", urn.Text(), a.Text)
			}
		}
	}
}

// Each attribute has the characteristics that apply to it, and no others.
func TestAttributeDefinitions(t *testing.T) { // S-7-3, S-7-4
	c := newClient(t)
	types := []string{"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}
	targets := []string{"external", "uri"}
	for _, typ := range c.send("GET", "/ResourceTypes", "").Body.Get("Resources").Items() {
		targets = append(targets, typ.Get("name").Text())
	}
	var check func(attr scim.Value)
	check = func(attr scim.Value) {
		typ := attr.Get("type").Text()
		wants := []string{"name", "type", "multiValued", "description", "required", "mutability", "returned"}
		if typ == "complex" {
			wants = append(wants, "subAttributes")
		} else if typ != "boolean" {
			wants = append(wants, "caseExact", "uniqueness")
		}
		if typ == "reference" {
			wants = append(wants, "referenceTypes")
		}
		for _, name := range wants {
			if attr.Get(name).Kind() == scim.Null {
				t.Errorf("no %s: %.200s", name, attr.JSON())
			}
		}
		for _, m := range attr.Members() {
			if m.Name != "canonicalValues" && !slices.Contains(wants, m.Name) {
				t.Errorf("%s has %s", attr.Get("name").Text(), m.Name)
			}
		}
		if !slices.Contains(types, typ) || attr.Get("description").Text() == "" {
			t.Errorf("%.200s", attr.JSON())
		}
		for _, target := range attr.Get("referenceTypes").Items() { // S-7-22
			if !slices.Contains(targets, target.Text()) {
				t.Errorf("%s refers to %s, not one of %v", attr.Get("name").Text(), target.JSON(), targets)
			}
		}
		for _, sub := range attr.Get("subAttributes").Items() {
			check(sub)
		}
	}
	for _, schema := range c.send("GET", "/Schemas", "").Body.Get("Resources").Items() {
		for _, attr := range schema.Get("attributes").Items() {
			check(attr)
		}
	}
}

// The sub-attributes of RFC 7643 section 2.4 have the meaning that it gives them everywhere.
func TestSubAttributesKeepTheirMeaning(t *testing.T) { // S-2.4-2
	c := newClient(t)
	types := map[string]string{"type": "string", "primary": "boolean", "display": "string", "$ref": "reference"}
	seen := 0
	for _, schema := range c.send("GET", "/Schemas", "").Body.Get("Resources").Items() {
		for _, attr := range schema.Get("attributes").Items() {
			for _, sub := range attr.Get("subAttributes").Items() {
				want, ok := types[sub.Get("name").Text()]
				if ok && (sub.Get("type").Text() != want || sub.Get("multiValued").IsTrue()) {
					t.Errorf("%s.%s: %s", attr.Get("name").Text(), sub.Get("name").Text(), sub.JSON())
				}
				if ok {
					seen++
				}
			}
		}
	}
	if seen < 30 {
		t.Errorf("%d sub-attributes seen", seen)
	}
}
