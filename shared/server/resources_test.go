package server_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"scimserver/shared/scim"
)

func TestSchemasAttribute(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const core = `"` + scim.UserSchema + `"`
	const both = `[` + core + `,` + enterprise + `]`
	container := `,` + enterprise + `:{"department":"d"}`
	for i, tt := range []struct{ schemas, more, want string }{
		{`[` + core + `]`, ``, `[` + core + `]`},               // S-3.3-1
		{`[` + core + `,` + core + `]`, ``, `[` + core + `]`},  // S-3-3
		{both, container, both},                                // S-3-2
		{`[` + enterprise + `,` + core + `]`, container, both}, // S-3-4
		{`[` + core + `]`, container, both},                    // S-3-8
		{both, ``, `[` + core + `]`},
		// S-3-9
		{strings.ToUpper(both), strings.ToUpper(container[:len(enterprise)+1]) + container[len(enterprise)+1:], both},
	} {
		a := c.send("POST", "/Users", `{"schemas":`+tt.schemas+`,"userName":"u`+string(rune('0'+i))+`"`+tt.more+`}`)
		if c.wants(a, 201, ""); a.Body.Get("schemas").JSON() != tt.want {
			t.Errorf("%s %s: %s", tt.schemas, tt.more, a.Text)
		}
	}
	c.finds(`schemas eq "`+scim.EnterpriseUserSchema+`"`, "4") // P-3.4.2.2-38
}

func TestMeta(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.create("ann", "")
	weak := regexp.MustCompile(`^W/".+"$`)
	created := a.Body.Get("meta").Get("created").Text()
	if created != a.Body.Get("meta").Get("lastModified").Text() { // S-3.1-18
		t.Errorf("%s", a.Text)
	}
	time.Sleep(2 * time.Millisecond) // lastModified has milliseconds
	for _, b := range []answer{
		a, c.send("PUT", path(a), user("ann", `,"title":"x"`)), c.patch(a, `[{"op":"remove","path":"title"}]`),
		c.get(a),
	} {
		meta := b.Body.Get("meta")
		for _, name := range []string{"created", "lastModified"} {
			// S-3.1-17, S-2.3.5-2
			if at, err := time.Parse(time.RFC3339, meta.Get(name).Text()); err != nil || time.Since(at) > time.Minute {
				t.Errorf("%s %s", name, meta.Get(name).Text())
			}
		}
		// P-3.14-2, S-3.1-20, S-3.1-21
		if meta.Get("created").Text() != created || b.Header.Get("ETag") != meta.Get("version").Text() ||
			!weak.MatchString(b.Header.Get("ETag")) {
			t.Errorf("ETag %s, %s", b.Header.Get("ETag"), b.Text)
		}
		// S-3.1-19
		if meta.Get("location").Text() != b.Header.Get("Location") || meta.Get("location").Text() != base+path(a) {
			t.Errorf("Location %s, %s", b.Header.Get("Location"), b.Text)
		}
		c.wants(c.sendTo("GET", meta.Get("location").Text(), ""), 200, "")
	}
	c.finds(`meta.resourceType eq "User"`, "1") // S-3.1-16
	c.finds(`meta.resourceType eq "USER"`, "0")
}

func TestCommonAttributesInQueries(t *testing.T) { // S-3.1-1
	c := newClient(t)
	a := c.create("ann", `,"externalId":"Ext"`)
	for filter, want := range map[string]string{
		`id eq "` + id(a) + `"`:                  "1",
		`id eq "` + strings.ToUpper(id(a)) + `"`: "0", // S-3.1-9
		`externalId eq "Ext"`:                    "1",
		`meta.created pr and id pr`:              "1",
		scim.UserSchema + `:id pr`:               "1", // S-3-5
	} {
		c.finds(filter, want)
	}
	// P-3.4.2.5-2
	c.shows(a, c.send("GET", path(a)+"?excludedAttributes=id,schemas,meta", "").Body, "externalId id schemas userName")
	c.shows(a, c.send("GET", path(a)+"?attributes=userName", "").Body, "id schemas userName")
	only := c.send("GET", path(a)+"?attributes=meta.location", "") // S-3.1-15
	c.shows(only, only.Body.Get("meta"), "location")
}

func TestExternalID(t *testing.T) { // S-3.1-10, S-3.1-11, S-3.1-13, S-7-9
	c := newClient(t)
	none := c.create("none", "")
	a, b := c.create("ann", `,"externalId":"AbC"`), c.create("bob", `,"externalId":"AbC"`)
	if !none.Body.Get("externalId").IsEmpty() || a.Body.Get("externalId").Text() != "AbC" ||
		c.get(b).Body.Get("externalId").Text() != "AbC" {
		t.Errorf("%s %s", none.Text, a.Text)
	}
	c.finds(`externalId eq "AbC"`, "2")
	c.finds(`externalId eq "abc"`, "0")
	c.wants(c.send("PUT", path(a), user("ann", `,"externalId":"new"`)), 200, "")
	c.wants(c.patch(b, `[{"op":"remove","path":"externalId"}]`), 200, "")
	c.finds(`externalId eq "AbC"`, "0")
	c.finds(`externalId eq "new"`, "1")
}

func TestIDs(t *testing.T) { // S-3.1-5, S-3.1-6, S-3.1-7, S-3.1-8
	c := newClient(t)
	a := c.create("ann", `,"id":"bulkId:1"`)
	// random, so one space for all types
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !uuid.MatchString(id(a)) {
		t.Errorf("id %s", id(a))
	}
	for _, b := range []answer{
		c.send("PUT", path(a), user("zoe", `,"id":"x"`)),
		c.patch(a, `[{"op":"replace","path":"userName","value":"eve"}]`),
	} {
		if c.wants(b, 200, ""); id(b) != id(a) {
			t.Errorf("%s", b.Text)
		}
	}
}
