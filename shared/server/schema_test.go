package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
	"scimserver/shared/testkit"
)

const (
	acmeUser  = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"
	acmeGroup = "urn:acme:scim:1.0:Group"
)

// acmeSchemas are the schemas of a tenant that uses every type.
func acmeSchemas() []tenant.Extension {
	return []tenant.Extension{
		{URN: acmeUser, ResourceType: "User", Definition: `{"id":"` + acmeUser + `","name":"Acme","attributes":[
			{"name":"costId","caseExact":true},{"name":"badge","type":"integer"},{"name":"remote","type":"boolean"},
			{"name":"since","type":"dateTime"},{"name":"rate","type":"decimal"},{"name":"photo","type":"binary"},
			{"name":"site","type":"reference","referenceTypes":["external"]},{"name":"tags","multiValued":true},
			{"name":"level","canonicalValues":["Junior","Senior"]},{"name":"pin","returned":"never"},
			{"name":"note","returned":"request"},{"name":"desk","type":"complex","subAttributes":[
			{"name":"floor","type":"integer"},{"name":"room"}]},{"name":"department"}]}`},
		{URN: acmeGroup, ResourceType: "Group",
			Definition: `{"id":"` + acmeGroup + `","name":"Acme","attributes":[{"name":"owner"}]}`},
	}
}

// withSchemas lets the tenants with a version have schemas; each version holds those of
// versions. It returns the client of a tenant with schemas of version "1".
func withSchemas(t *testing.T, versions map[tenant.SchemaVersion][]tenant.Extension) *client {
	t.Helper()
	c := newClient(t, func(o *server.Options) {
		standard := o.Registry
		o.Schemas = func(_ context.Context, _ tenant.ID, v tenant.SchemaVersion) (*schema.Registry, error) {
			return tenantschema.Extend(standard, versions[v])
		}
	})
	c.origin.Caller.Schemas = "1"
	c.origin.Caller.Profile = tenant.Entra
	return c
}

// acme returns the acme extension as the member of a body.
func acme(members string) string { return `,"` + acmeUser + `":{` + members + `}` }

// TestSchemasOfATenant: attributes that a tenant has added work as those of RFC 7643 do.
func TestSchemasOfATenant(t *testing.T) {
	t.Parallel()
	c := withSchemas(t, map[tenant.SchemaVersion][]tenant.Extension{"1": acmeSchemas()})
	const all = `"costId":"A7","badge":7,"remote":true,"since":"2026-01-01T00:00:00Z","rate":0.5,"photo":"AQID",` +
		`"site":"https://acme.example/1","tags":["x","y"],"level":"Junior"`
	ann := c.create("ann", acme(all+`,"desk":{"floor":3,"room":"3b"},"pin":"1234","note":"n","unknown":1`))
	want := `{` + all + `,"note":"n","desk":{"floor":3,"room":"3b"}}`
	if got := ann.Body.Get(acmeUser).JSON(); got != want { // S-7-18: note was sent; S-7-16: pin is not there
		t.Errorf("created %s, want %s", got, want)
	}
	if got := ann.Body.Get("schemas").JSON(); !strings.Contains(got, acmeUser) {
		t.Errorf("schemas %s", got)
	}
	bob := c.create("bob", acme(`"costId":"a7","badge":40,"level":"senior"`))
	c.create("eve", "")
	t.Run("invalid values", func(t *testing.T) {
		c := c.on(t)
		c.origin.Caller.Profile = tenant.Strict
		for _, bad := range []string{
			`"remote":"true"`, `"remote":1`, // S-2.3.2-1
			`"badge":"7"`, `"badge":7.5`, `"badge":7.0`, `"badge":1e3`, `"desk":{"floor":"3"}`, // S-2.3.4-1
			`"since":"yesterday"`, `"since":"2008-01-23"`, `"since":"04:56:22"`, // S-2.3.5-1
			`"since":"2008-13-01T00:00:00Z"`, `"since":"2008-01-23T25:00:00Z"`,
			`"photo":"?"`, `"photo":"A"`, // S-2.3.6-1
			`"costId":["A"]`, `"tags":"x"`, `"desk":"3b"`, `"desk":[{"floor":3}]`, // P-3.8-8
			`"costId":7`, `"tags":["x",1]`,
		} {
			c.wants(c.send("POST", "/Users", user("x", acme(bad))), 400, "invalidValue") // P-3.12-23
		}
	})
	t.Run("unusual values", func(t *testing.T) {
		c := c.on(t)
		for i, good := range []string{
			`"badge":9007199254740993`, `"badge":-1`, // S-2.3.4-1
			`"since":"2008-01-23T04:56:22"`, `"since":"2008-01-23T04:56:22.5+01:00"`, // S-2.3.5-1
			`"photo":"+/8="`, `"photo":"AQI"`, // S-2.3.6-1, S-2.3.6-2
		} {
			a := c.create(fmt.Sprintf("good%d", i), acme(good))
			if got := a.Body.Get(acmeUser).JSON(); got != "{"+good+"}" {
				t.Errorf("%s comes back as %s", good, got)
			}
			c.wants(c.send("DELETE", path(a), ""), 204, "")
		}
	})
	t.Run("filters", func(t *testing.T) {
		c := c.on(t)
		for filter, want := range map[string]string{
			acmeUser + `:costId eq "A7"`:                  "ann", // S-7-8: bob's is a7
			acmeUser + `:level eq "SENIOR"`:               "bob",
			acmeUser + `:badge gt 7`:                      "bob",
			acmeUser + `:remote eq true`:                  "ann",
			acmeUser + `:since lt "2027-01-01T00:00:00Z"`: "ann",
			acmeUser + `:desk.floor eq 3`:                 "ann",
			acmeUser + `:tags eq "y"`:                     "ann",
			"badge eq 40":                                 "bob", // Entra ID leaves the URN out
			strings.ToUpper(acmeUser) + `:BADGE eq 7`:     "ann",
		} {
			list := c.wants(c.search(filter), 200, "")
			posted := c.wants(c.post("/Users", `,"filter":`+scim.Text(filter).JSON()), 200, "")
			for _, a := range []answer{list, posted} {
				if found := a.Body.Get("Resources").Items(); len(found) != 1 ||
					found[0].Get("userName").Text() != want {
					t.Errorf("%s finds %s", filter, a.Text)
				}
			}
		}
		c.wants(c.search(acmeUser+`:pin eq "1234"`), 400, "invalidFilter") // it is never returned
		const query = "/Users?sortBy=" + acmeUser + ":badge&sortOrder=descending&attributes=userName"
		sorted := c.wants(c.send("GET", query, ""), 200, "")
		if names := sorted.Body.Get("Resources").Items(); len(names) != 3 || names[0].Get("userName").Text() != "eve" ||
			names[1].Get("userName").Text() != "bob" {
			t.Errorf("sorted %s", sorted.Text)
		}
	})
	t.Run("projection", func(t *testing.T) {
		c := c.on(t)
		for query, want := range map[string]string{
			"":                                   `{` + all + `,"desk":{"floor":3,"room":"3b"}}`, // P-3.9-8, S-7-18
			"?attributes=" + acmeUser + ":badge": `{"badge":7}`,
			"?attributes=" + strings.ToUpper(acmeUser) + ":BADGE": `{"badge":7}`,            // P-3.9-10
			"?attributes=" + acmeUser + ":desk.room":              `{"desk":{"room":"3b"}}`, // P-3.9-7
			"?attributes=" + acmeUser + ":note":                   `{"note":"n"}`,           // P-3.9-8, S-7-18
			"?attributes=" + acmeUser + ":pin":                    `null`,                   // P-3.9-9
			"?excludedAttributes=" + acmeUser:                     `null`,
			"?attributes=userName":                                `null`,
			"?attributes=costId":                                  `{"costId":"A7"}`,
		} {
			if a := c.wants(c.send("GET", path(ann)+query, ""), 200, ""); a.Body.Get(acmeUser).JSON() != want {
				t.Errorf("%s: %s, want %s", query, a.Body.Get(acmeUser).JSON(), want)
			}
		}
	})
	t.Run("never returned", func(t *testing.T) {
		c := c.on(t)
		const search = `,"filter":"userName eq \"ann\"","attributes":["` + acmeUser + `:pin"]`
		for _, a := range []answer{ // S-7-16
			ann, c.get(ann), c.search(`userName eq "ann"`), c.post("/Users", search),
			c.patch(ann, `[{"op":"replace","path":"`+acmeUser+`:pin","value":"12345"}]`),
			c.send("PUT", path(ann), user("ann", acme(all+`,"desk":{"floor":3,"room":"3b"},"pin":"1234","note":"n"`))),
		} {
			if a.StatusCode >= 300 || strings.Contains(a.Text, "1234") || strings.Contains(a.Text, "pin") {
				t.Errorf("%d %s", a.StatusCode, a.Text)
			}
		}
	})
	t.Run("patch", func(t *testing.T) {
		c := c.on(t)
		for _, ops := range []string{
			`[{"op":"Add","path":"` + acmeUser + `:badge","value":41}]`,
			`[{"op":"replace","path":"` + acmeUser + `:remote","value":"False"}]`, // Entra ID
			`[{"op":"replace","value":{"` + acmeUser + `:level":"Junior","` + acmeUser + `":{"costId":"B"}}}]`,
			`[{"op":"add","path":"` + acmeUser + `","value":{"tags":["x"]}}]`,
			`[{"op":"add","path":"` + acmeUser + `:tags","value":["y","z"]}]`,
			`[{"op":"remove","path":"` + acmeUser + `:tags[value eq \"x\"]"}]`,
			`[{"op":"replace","path":"` + acmeUser + `:desk.floor","value":2}]`,
			`[{"op":"add","path":"badge","value":42}]`, // without the URN
			`[{"op":"add","path":"` + acmeUser + `.costId","value":"C"}]`,
			`[{"op":"replace","path":"department","value":"the core's own"}]`, // of the enterprise extension
		} {
			c.wants(c.patch(bob, ops), 200, "")
		}
		const want = `{"costId":"C","badge":42,"remote":false,"tags":["y","z"],"level":"Junior","desk":{"floor":2}}`
		a := c.get(bob)
		department := a.Body.Get(scim.EnterpriseUserSchema).Get("department")
		if a.Body.Get(acmeUser).JSON() != want || department.IsEmpty() {
			t.Errorf("%s, want %s", a.Text, want)
		}
		c.wants(c.patch(bob, `[{"op":"add","path":"`+acmeUser+`:badge","value":"x"}]`), 400, "invalidValue")
		c.wants(c.patch(bob, `[{"op":"remove","path":"`+acmeUser+`"}]`), 200, "")
		if a = c.get(bob); strings.Contains(a.Text, acmeUser) {
			t.Errorf("removed: %s", a.Text)
		}
	})
	t.Run("put", func(t *testing.T) {
		c := c.on(t)
		a := c.wants(c.send("PUT", path(bob), user("bob", acme(`"badge":1`))), 200, "")
		if got := a.Body.Get(acmeUser).JSON(); got != `{"badge":1}` {
			t.Errorf("%s", got)
		}
	})
	t.Run("bulk and groups", func(t *testing.T) {
		c := c.on(t)
		group := `{"schemas":["` + scim.GroupSchema + `","` + acmeGroup + `"],"displayName":"Staff","` +
			acmeGroup + `":{"owner":"ann"}}`
		a := c.wants(c.send("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
			"Operations":[{"method":"POST","path":"/Groups","bulkId":"g","data":`+group+`}]}`), 200, "")
		location := a.Body.Get("Operations").Items()[0].Get("location").Text()
		g := c.wants(c.send("GET", strings.TrimPrefix(location, base), ""), 200, "")
		if g.Body.Get(acmeGroup).Get("owner").Text() != "ann" {
			t.Errorf("%s", g.Text)
		}
		found := c.wants(c.send("POST", "/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
			"filter":"`+acmeGroup+`:owner eq \"ANN\""}`), 200, "")
		if found.Body.Get("totalResults").Text() != "1" {
			t.Errorf("%s", found.Text)
		}
	})
	const ignored = `"ignored":["` + acmeUser
	if n := strings.Count(c.log.String(), ignored); n != 1 || !strings.Contains(c.log.String(), ignored+`:unknown"]`) {
		t.Errorf("ignored %d times: %s", n, c.log)
	}
}

// TestRequiredOfATenant: a user with the extension needs its required attributes; a user needs no extension.
func TestRequiredOfATenant(t *testing.T) {
	required := tenant.Extension{URN: acmeUser, ResourceType: "User", Definition: `{"id":"` + acmeUser +
		`","name":"Acme","attributes":[{"name":"costId","required":true},{"name":"badge","type":"integer"}]}`}
	c := withSchemas(t, map[tenant.SchemaVersion][]tenant.Extension{"1": {required}})
	ann := c.create("ann", acme(`"costId":"A7"`))
	for _, a := range []answer{ // P-3.12-23, S-7-6
		c.send("POST", "/Users", user("bob", acme(`"badge":7`))),
		c.send("PUT", path(ann), user("ann", acme(`"badge":7`))),
	} {
		c.wants(a, 400, "invalidValue")
	}
	c.wants(c.patch(ann, `[{"op":"remove","path":"`+acmeUser+`:costId"}]`), 400, "mutability")
	c.create("eve", "")
}

// TestDiscoveryOfATenant: a tenant sees its own schemas, and no other tenant's.
func TestDiscoveryOfATenant(t *testing.T) {
	t.Parallel()
	c := withSchemas(t, map[tenant.SchemaVersion][]tenant.Extension{"1": acmeSchemas()})
	one := c.wants(c.send("GET", "/Schemas/"+acmeUser, ""), 200, "")
	location := one.Body.Get("meta").Get("location").Text()
	if location != base+"/Schemas/"+acmeUser || len(one.Body.Get("attributes").Items()) != 13 {
		t.Errorf("%s", one.Text)
	}
	list := c.send("GET", "/Schemas", "")
	if list.Body.Get("totalResults").Text() != "8" || !strings.Contains(list.Text, acmeGroup) {
		t.Errorf("%s", list.Text)
	}
	want := `[{"schema":"` + scim.EnterpriseUserSchema + `","required":false},` +
		`{"schema":"` + acmeUser + `","required":false}]`
	if a := c.send("GET", "/ResourceTypes/User", ""); a.Body.Get("schemaExtensions").JSON() != want {
		t.Errorf("%s", a.Text)
	}
	c.origin.Caller.Tenant, c.origin.Caller.Schemas = "globex", ""
	c.wants(c.send("GET", "/Schemas/"+acmeUser, ""), 404, "")
	for _, at := range []string{"/Schemas", "/ResourceTypes"} {
		if a := c.send("GET", at, ""); strings.Contains(a.Text, "acme") {
			t.Errorf("%s of another tenant: %s", at, a.Text)
		}
	}
}

// TestSchemaRemoved: after a schema was removed, no answer shows its values. They are shown again when the
// schema is defined again.
func TestSchemaRemoved(t *testing.T) {
	t.Parallel()
	c := withSchemas(t, map[tenant.SchemaVersion][]tenant.Extension{"1": acmeSchemas()})
	ann := c.create("ann", acme(`"costId":"A7"`))
	c.origin.Caller.Schemas = ""
	shown := c.wants(c.send("GET", path(ann)+"?attributes="+acmeUser, ""), 200, "")
	if got := shown.Body.Get("schemas").JSON(); got != `["`+scim.UserSchema+`"]` {
		t.Errorf("schemas %s", got)
	}
	for _, a := range []answer{
		c.get(ann), c.patch(ann, `[{"op":"add","path":"title","value":"t"}]`),
		c.send("PUT", path(ann), user("ann", `,"title":"u"`)),
		c.patch(ann, `[{"op":"add","path":"`+acmeUser+`:costId","value":"B"}]`),
		c.send("GET", "/Users?attributes="+acmeUser, ""),
	} {
		if c.wants(a, 200, ""); strings.Contains(a.Text, "acme:2.0") {
			t.Errorf("%s", a.Text)
		}
	}
	if !strings.Contains(c.log.String(), `"ignored":["`+acmeUser+`:costId"]`) {
		t.Errorf("the log does not name what was ignored: %s", c.log)
	}
	c.origin.Caller.Schemas = "1"
	if a := c.get(ann); a.Body.Get(acmeUser).JSON() != `{"costId":"A7"}` {
		t.Errorf("defined again: %s", a.Text)
	}
}

// TestSchemasCostNothing: a tenant without schemas makes no call for them.
func TestSchemasCostNothing(t *testing.T) {
	t.Parallel()
	calls := 0
	c := newClient(t, func(o *server.Options) {
		o.Schemas = func(context.Context, tenant.ID, tenant.SchemaVersion) (*schema.Registry, error) {
			calls++
			return o.Registry, nil
		}
	})
	c.get(c.create("ann", ""))
	if calls != 0 {
		t.Errorf("%d calls", calls)
	}
}

// TestSchemasOutOfReach: a request whose schemas can't be read changes nothing.
func TestSchemasOutOfReach(t *testing.T) {
	t.Parallel()
	dir := open(t, testkit.Table(t), http.DefaultTransport)
	c := newClientOn(t, dir, func(o *server.Options) {
		o.Schemas = func(context.Context, tenant.ID, tenant.SchemaVersion) (*schema.Registry, error) {
			return nil, context.DeadlineExceeded
		}
	})
	c.origin.Caller.Schemas = "1"
	if a := c.wants(c.send("POST", "/Users", user("ann", "")), 503, ""); a.Header.Get("Retry-After") == "" {
		t.Errorf("%v", a.Header)
	}
	c.origin.Caller.Schemas = ""
	if a := c.send("GET", "/Users", ""); a.Body.Get("totalResults").Text() != "0" {
		t.Errorf("%s", a.Text)
	}
}

// TestMeKeepsSchemas: a user's own token can't change attributes of the tenant's schemas.
func TestMeKeepsSchemas(t *testing.T) {
	t.Parallel()
	c := withSchemas(t, map[tenant.SchemaVersion][]tenant.Extension{"1": acmeSchemas()})
	c.origin.Caller.Subject = id(c.create("ann", acme(`"level":"Junior"`)))
	c.wants(c.send("PATCH", "/Me", message(`[{"op":"replace","path":"`+acmeUser+`:level","value":"Senior"}]`)), 403, "")
	c.wants(c.send("PATCH", "/Me", message(`[{"op":"replace","path":"title","value":"t"}]`)), 200, "")
}
