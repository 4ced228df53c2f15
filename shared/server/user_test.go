package server_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

func TestCreate(t *testing.T) { // P-3.3-4
	c := newClient(t)
	a := c.create("Ann",
		`,"id":"mine","password":"secret1","groups":[{"value":"g"}],"meta":{"created":"2000-01-01T00:00:00Z"},`+
			`"foo":1,"TITLE":"Dr"`)
	meta := a.Body.Get("meta")
	location := base + "/Users/" + id(a)
	if a.Header.Get("Location") != location || meta.Get("location").Text() != location { // P-3.3-6
		t.Errorf("Location %q, meta %s", a.Header.Get("Location"), meta.JSON())
	}
	if a.Header.Get("ETag") != `W/"1"` || meta.Get("version").Text() != `W/"1"` { // P-3.14-2, P-3.14-3
		t.Errorf("ETag %q, meta %s", a.Header.Get("ETag"), meta.JSON())
	}
	// S-3.1-18
	if meta.Get("resourceType").Text() != "User" || meta.Get("created").Text() != meta.Get("lastModified").Text() {
		t.Errorf("meta %s", meta.JSON())
	}
	created, err := time.Parse(time.RFC3339, meta.Get("created").Text())
	if err != nil || time.Since(created) > time.Minute {
		t.Errorf("created %s", meta.Get("created").Text())
	}
	for _, absent := range []string{"password", "groups", "foo"} { // S-4.1.1-10, P-3.1-7, S-9.3-1
		if a.Body.Get(absent).Kind() != scim.Null {
			t.Errorf("the answer has %s", absent)
		}
	}
	// S-3.1-2
	if id(a) == "mine" || a.Body.Get("title").Text() != "Dr" || a.Body.Get("userName").Text() != "Ann" {
		t.Errorf("%s", a.Text)
	}
	got := c.wants(c.send("GET", "/Users/"+id(a), ""), 200, "")
	if got.Text != a.Text || got.Header.Get("ETag") != `W/"1"` { // P-3.3-5, P-3.1-5
		t.Errorf("GET %s\nPOST %s", got.Text, a.Text)
	}
}

func TestDuplicate(t *testing.T) { // P-3.3-7, P-3.12-10, P-3.12-18
	c := newClient(t)
	c.create("ann", `,"emails":[{"value":"ann@example.com"}]`)
	a := c.wants(c.send("POST", "/Users", user("ANN", `,"emails":[{"value":"Ann@Example.com"}]`)), 409, "uniqueness")
	for _, part := range []string{
		`userName "ANN"`, `emails.value "Ann@Example.com"`, "are in use by User ", "identity provider",
	} {
		if !strings.Contains(a.Body.Get("detail").Text(), part) {
			t.Errorf("detail %q lacks %q", a.Body.Get("detail").Text(), part)
		}
	}
	bob := c.create("bob", "")
	c.wants(c.send("PUT", "/Users/"+id(bob), user("Ann", "")), 409, "uniqueness") // P-3.5.1-13
}

func TestUnknownIDs(t *testing.T) { // P-3.4.1-2, P-3.4.1-4, P-3.2-4, P-3.5.1-12
	c := newClient(t)
	a := c.create("ann", "")
	for _, path := range []string{
		"/Users/00000000-0000-4000-8000-000000000000", "/Users/" + strings.ToUpper(id(a)), "/Users/%20",
		"/Users/a%2Fb", "/Users/" + strings.Repeat("1", 1500),
	} {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			c.wants(c.send(method, path, user("x", "")), 404, "")
		}
	}
	if a := c.send("GET", "/Users/nobody", ""); !strings.Contains(a.Body.Get("detail").Text(), "nobody") {
		t.Errorf("the detail does not name the id: %s", a.Text)
	}
	if l := c.send("GET", "/Users", ""); l.Body.Get("totalResults").Text() != "1" {
		t.Errorf("PUT created: %s", l.Text)
	}
}

func TestLookups(t *testing.T) { // P-3.4.2-3
	c := newClient(t)
	c.create("Ann", `,"externalId":"Ext","emails":[{"value":"Ann@Example.com"}]`)
	for filter, want := range map[string]string{
		`userName eq "ANN"`:                    "1", // P-3.4.2.2-37, S-7-8
		`USERNAME EQ "ann"`:                    "1",
		scim.UserSchema + `:userName eq "ann"`: "1",
		`userName eq "an"`:                     "0", // P-3.4.2-8
		`externalId eq "Ext"`:                  "1", // P-3.4.2.2-2
		`externalId eq "ext"`:                  "0",
		`emails.value eq "ann@example.COM"`:    "1",
		`emails eq "ann@example.com"`:          "1",
		`userName eq "a\" or 1=1 --"`:          "0", // P-3.4.2.2-44
	} {
		a := c.wants(c.send("GET", "/Users?filter="+escape(filter), ""), 200, "")
		if a.Body.Get("totalResults").Text() != want || a.Body.Get("itemsPerPage").Text() != want ||
			a.Body.Get("startIndex").Text() != "1" ||
			a.Body.Get("Resources").Kind() != scim.Array || strconv.Itoa(len(a.Body.Get("Resources").Items())) != want {
			t.Errorf("%s: %s", filter, a.Text)
		}
	}
	c.wants(c.send("GET", "/Users?filter="+escape(`userName regex "a"`), ""), 400, "invalidFilter") // P-3.4.2.2-35
	c.wants(c.send("GET", "/Users?filter=", ""), 400, "invalidFilter")
	c.wants(c.send("GET", "/Users?filter="+escape(`foo eq "a"`), ""), 400, "invalidFilter") // P-3.4.2.2-40
	a := c.send("GET", "/Users?count=0&filter="+escape(`userName eq "ann"`), "")
	if a.Body.Get("totalResults").Text() != "1" || len(a.Body.Get("Resources").Items()) != 0 {
		t.Errorf("count=0: %s", a.Text)
	}
}

func escape(s string) string {
	return strings.NewReplacer(" ", "+", `"`, "%22", `\`, "%5C", "=", "%3D").Replace(s)
}

func TestFirstPage(t *testing.T) { // P-3.4.2-4, P-3.4.2.4-8
	c := newClient(t)
	for _, name := range []string{"a", "b", "c"} {
		c.create(name, "")
	}
	for query, want := range map[string]string{
		"":                      "3 1 3", // P-3.4.2.4-1
		"?startIndex=-5":        "3 1 3", // P-3.4.2.4-2
		"?count=-1":             "3 1 0", // P-3.4.2.4-3
		"?count=0":              "3 1 0", // P-3.4.2.4-4
		"?startIndex=1&count=2": "3 1 2", // P-3.4.2.4-5
		"?startIndex=3":         "3 3 1",
		"?startIndex=9":         "3 9 0", // P-3.4.2.4-11
		"?foo=bar":              "3 1 3",
		"?count=100000":         "3 1 3",
		"?filter=id+eq+%22" + strings.Repeat("1", 1500) + "%22": "0 1 0",
	} {
		a := c.wants(c.send("GET", "/Users"+query, ""), 200, "")
		got := fmt.Sprintf("%s %s %d", a.Body.Get("totalResults").Text(), a.Body.Get("startIndex").Text(),
			len(a.Body.Get("Resources").Items()))
		if got != want || a.Body.Get("itemsPerPage").Text() != strings.Fields(want)[2] {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	one := c.send("GET", "/Users?count=1", "").Body.Get("Resources").Items()[0]
	if got := c.send("GET", "/Users/"+one.Get("id").Text(), ""); got.Text != one.JSON() { // P-3.14-10
		t.Errorf("in a list %s, alone %s", one.JSON(), got.Text)
	}
	c.wants(c.send("GET", "/Users?count=abc", ""), 400, "invalidValue") // P-3.4.2.4-12
	c.wants(c.send("GET", "/Users?startIndex=1.5", ""), 400, "invalidValue")
	c.wants(c.send("GET", "/Users?startIndex=99999999999999999999", ""), 400, "invalidValue")
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	schemas := c.wants(c.send("GET", "/Schemas?count=1&startIndex=2&sortBy=id", ""), 200, "") // P-4-2, P-4-5
	var ids []string
	for _, s := range schemas.Body.Get("Resources").Items() {
		ids = append(ids, s.Get("id").Text())
		one := c.wants(c.send("GET", "/Schemas/"+strings.ToUpper(s.Get("id").Text()), ""), 200, "") // P-4-3
		// S-8.7-2
		if one.Text != s.JSON() || s.Get("meta").Get("resourceType").Text() != "Schema" ||
			s.Get("schemas").JSON() != `["`+scim.SchemaSchema+`"]` {
			t.Errorf("%s", one.Text)
		}
	}
	all := strings.Join(ids, " ")
	for _, want := range []string{scim.UserSchema, scim.EnterpriseUserSchema} {
		if !strings.Contains(all, want) {
			t.Errorf("/Schemas lacks %s", want)
		}
	}
	// P-3.1-4
	if strings.Contains(all, ":api:messages:") || schemas.Body.Get("totalResults").Text() != strconv.Itoa(len(ids)) {
		t.Errorf("/Schemas has %s", all)
	}
	c.wants(c.send("GET", "/Schemas/urn:ietf:params:scim:api:messages:2.0:PatchOp", ""), 404, "")
	c.wants(c.send("GET", "/ResourceTypes", ""), 200, "") // P-4-4
	// S-6-2, S-6-3
	if a := c.send("GET", "/ResourceTypes/User", ""); a.Body.Get("endpoint").Text() != "/Users" ||
		a.Body.Get("schema").Text() != scim.UserSchema {
		t.Errorf("%s", a.Text)
	}
	c.wants(c.send("GET", "/ResourceTypes/Nope", ""), 404, "")
	// P-4-6
	for _, path := range []string{"/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Schemas/x"} {
		c.wants(c.send("GET", path+"?filter=id+pr", ""), 403, "")
	}
	c.origin.Caller = tenant.Caller{}
	a := c.wants(c.send("GET", "/ServiceProviderConfig", ""), 200, "")                           // S-5-3, P-4-1
	for _, flag := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} { // S-5-1
		if a.Body.Get(flag).Get("supported").Kind() != scim.Bool {
			t.Errorf("%s.supported is missing: %s", flag, a.Text)
		}
	}
}
