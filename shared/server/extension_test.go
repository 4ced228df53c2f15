package server_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
)

const extension = "urn:example:params:scim:schemas:test:2.0:X"

// extended serves users with a further extension, which is required: a file that is added to the
// definitions and named in the resource type. Groups may have it, too, and there is a further type.
func extended(t *testing.T) func(*server.Options) {
	fsys := fstest.MapFS{}
	add := func(name, file string) {
		data, err := os.ReadFile("../scim/schema/" + file)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	for _, name := range []string{
		"user", "group", "enterprise_user", "schema", "resource_type", "service_provider_config",
	} {
		add("schemas/"+name+".json", "definitions/schemas/"+name+".json")
	}
	add("schemas/x.json", "testdata/schemas/x.json")
	add("resourcetypes/user.json", "definitions/resourcetypes/user.json")
	typ := fsys["resourcetypes/user.json"]
	typ.Data = []byte(strings.Replace(string(typ.Data), `"schemaExtensions": [`,
		`"schemaExtensions": [{"schema":"`+extension+`","required":true},`, 1))
	add("resourcetypes/group.json", "definitions/resourcetypes/group.json")
	typ = fsys["resourcetypes/group.json"]
	typ.Data = []byte(strings.Replace(string(typ.Data), `"schemaExtensions": [`,
		`"schemaExtensions": [{"schema":"`+extension+`","required":false}`, 1))
	fsys["resourcetypes/device.json"] = &fstest.MapFile{Data: []byte(`{"name":"Device","description":"d",` +
		`"schema":"` + extension + `"}`)}
	registry, err := schema.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *server.Options) { o.Registry = registry }
}

func TestEndpointOfANewType(t *testing.T) { // P-3.2-1
	c := newClient(t, extended(t))
	if a := c.wants(c.send("GET", "/ResourceTypes/Device", ""), 200, ""); a.Body.Get("endpoint").Text() != "/Devices" {
		t.Errorf("%s", a.Text)
	}
}

// x is the extension's member of a user's body.
func x(members string) string { return `,"` + extension + `":{` + members + `}` }

func TestRequiredExtension(t *testing.T) { // S-6-5, S-6-6, S-7-6, S-7-1
	c := newClient(t, extended(t))
	c.wants(c.send("POST", "/Users", user("ann", "")), 400, "invalidValue")
	c.wants(c.send("POST", "/Users", user("ann", x(`"def":"d"`))), 400, "invalidValue")
	a := c.create("ann", x(`"must":"m"`)) // without the enterprise extension, which is not required
	c.wants(c.send("PUT", path(a), user("ann", "")), 400, "invalidValue")
	c.wants(c.patch(a, `[{"op":"remove","path":"`+extension+`"}]`), 400, "invalidValue")
	c.wants(c.patch(a, `[{"op":"remove","path":"`+extension+`:must"}]`), 400, "mutability")
	c.unchanged(a)
	c.wants(c.send("GET", "/Schemas/"+extension, ""), 200, "")
}

func TestImmutable(t *testing.T) {
	t.Parallel()
	c := newClient(t, extended(t))
	set := c.create("set", x(`"must":"m","imm":"a"`)) // P-3.3-12, S-7-13
	if set.Body.Get(extension).Get("imm").Text() != "a" {
		t.Errorf("%s", set.Text)
	}
	c.wants(c.send("PUT", path(set), user("set", x(`"must":"m","imm":"a"`))), 200, "") // P-3.5.1-5
	// P-3.5.1-6, P-3.12-19
	c.wants(c.send("PUT", path(set), user("set", x(`"must":"m","imm":"b"`))), 400, "mutability")
	// P-3.5.2-13
	c.wants(c.patch(set, `[{"op":"replace","path":"`+extension+`:imm","value":"b"}]`), 400, "mutability")
	c.wants(c.send("PUT", path(set), user("set", x(`"must":"m"`))), 200, "") // left out: kept // P-3.5.1-8
	c.unchanged(set)
	for name, change := range map[string]func(answer) answer{
		// P-3.5.1-7
		"put": func(a answer) answer { return c.send("PUT", path(a), user("put", x(`"must":"m","imm":"a"`))) },
		// P-3.5.2-14
		"patch": func(a answer) answer { return c.patch(a, `[{"op":"add","path":"`+extension+`:imm","value":"a"}]`) },
	} {
		unset := c.create(name, x(`"must":"m"`))
		if now := c.wants(change(unset), 200, ""); now.Body.Get(extension).Get("imm").Text() != "a" {
			t.Errorf("%s", now.Text)
		}
		c.wants(c.patch(unset, `[{"op":"remove","path":"`+extension+`:imm"}]`), 400, "mutability")
	}
}

func TestReturned(t *testing.T) {
	t.Parallel()
	c := newClient(t, extended(t))
	a := c.create("ann", x(`"must":"m","def":"d","alw":"a","req":"r","nev":"n"`))
	for query, want := range map[string]string{
		"":                                    `{"def":"d","alw":"a","must":"m"}`, // P-3.4-1, S-7-17
		"?attributes=userName":                `{"alw":"a"}`,                      // S-7-15
		"?attributes=" + extension + ":req":   `{"alw":"a","req":"r"}`,            // P-3.9-8
		"?attributes=" + extension + ":nev":   `{"alw":"a"}`,                      // P-3.9-9
		"?attributes=" + extension:            `{"def":"d","alw":"a","must":"m"}`,
		"?excludedAttributes=" + extension:    `{"alw":"a"}`,
		"?excludedAttributes=userName," + "x": `{"def":"d","alw":"a","must":"m"}`,
	} {
		alone := c.wants(c.send("GET", path(a)+query, ""), 200, "").Body
		listed := c.send("GET", "/Users"+query, "").Body.Get("Resources").Items()[0]
		found := c.post("/Users", selection(query)).Body.Get("Resources").Items()[0]
		for _, v := range []scim.Value{alone, listed, found} {
			if got := v.Get(extension).JSON(); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
	}
	sent := []answer{
		a, c.send("PUT", path(a), user("ann", x(`"must":"m","def":"d","alw":"a","req":"r2","nev":"n2"`))),
		c.patch(a, `[{"op":"replace","value":{"`+extension+`":{"req":"r3","nev":"n3"}}}]`),
	}
	for i, b := range sent {
		// S-7-18, S-7-16
		if got := b.Body.Get(extension); got.Get("req").IsEmpty() || !got.Get("nev").IsEmpty() {
			t.Errorf("%d: %s", i, b.Text)
		}
	}
	never := "?attributes=" + extension + ":nev"
	for i, b := range []answer{
		c.send("POST", "/Users"+never, user("bob", x(`"must":"m","nev":"n4"`))),
		c.send("PUT", path(a)+never, user("ann", x(`"must":"m","nev":"n5"`))),
		c.send("PATCH", path(a)+never, message(`[{"op":"replace","path":"`+extension+`:nev","value":"n6"}]`)),
	} {
		if b.StatusCode >= 300 || !b.Body.Get(extension).Get("nev").IsEmpty() {
			t.Errorf("%d, asked for what is never returned: %s", i, b.Text)
		}
	}
	if b := c.patch(a, `[{"op":"replace","path":"title","value":"x"}]`); !b.Body.Get(extension).Get("req").IsEmpty() {
		t.Errorf("%s", b.Text)
	}
}

// selection turns a parameter of a URL into a member of a search message.
func selection(query string) string {
	name, list, found := strings.Cut(strings.TrimPrefix(query, "?"), "=")
	if !found {
		return ""
	}
	return `,"` + name + `":["` + strings.ReplaceAll(list, ",", `","`) + `"]`
}
