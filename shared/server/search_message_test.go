package server_test

import (
	"regexp"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// post searches by POST with further members in the message, each with its leading comma.
func (c *client) post(endpoint, more string) answer {
	c.Helper()
	return c.send("POST", endpoint+"/.search", `{"schemas":["`+scim.SearchRequestMessage+`"]`+more+`}`)
}

// enclose returns a text as a JSON string.
func enclose(s string) string { return scim.Text(s).JSON() }

// TestSearchMessage compares each parameter in a message with that in a URL.
func TestSearchMessage(t *testing.T) { // P-3.4.3-3
	c := newClient(t)
	for _, name := range []string{"c", "a", "B", "d"} {
		c.create(name, `,"title":"T`+name+`","emails":[{"value":"`+name+`@x.org","type":"work"}]`)
		c.createGroup(name, "")
	}
	long := `title eq "` + strings.Repeat("x", 3000) + `" or title pr`
	for _, both := range []struct{ query, members string }{
		{"", ""},
		{"?attributes=title", `,"attributes":["title"]`},
		{"?attributes=TITLE,emails.value", `,"attributes":["TITLE","emails.value"]`},
		{"?attributes=displayName", `,"Attributes":["displayName"]`},
		{"?attributes=", `,"attributes":[]`},
		// P-3.4.3-5
		{"?excludedAttributes=emails,id,schemas,members", `,"excludedAttributes":["emails","id","schemas","members"]`},
		{"?attributes=title&excludedAttributes=emails", `,"attributes":["title"],"excludedAttributes":["emails"]`},
		// P-3.4.3-4
		{"?filter=" + escape(`meta.resourceType pr and id pr`), `,"filter":"meta.resourceType pr and id pr"`},
		{"?filter=" + escape(`displayName eq "B"`), `,"filter":` + enclose(`displayName eq "B"`)},
		{"?filter=" + escape(long), `,"filter":` + enclose(long)},
		{"?filter=" + escape(long+long), `,"filter":` + enclose(long+long)},
		{"?filter=" + escape(`displayName regex "B"`), `,"filter":` + enclose(`displayName regex "B"`)},
		{"?filter=", `,"filter":""`},
		{"?sortBy=displayName", `,"sortBy":"displayName"`}, // P-3.4.3-6
		{"?sortBy=meta.lastModified&sortOrder=descending", `,"sortBy":"meta.lastModified","sortOrder":"descending"`},
		{"?sortBy=meta", `,"sortBy":"meta"`},
		{"?sortBy=id&sortOrder=up", `,"sortBy":"id","sortOrder":"up"`},
		{"?startIndex=2", `,"startIndex":2`},
		{"?startIndex=-2", `,"startIndex":-2`},
		{"?startIndex=1.5", `,"startIndex":1.5`},
		{"?count=2", `,"count":2`},
		{"?count=0", `,"count":0`},
		{"?count=-1", `,"count":-1`},
		{"?count=1e1", `,"count":1e1`},
		{"?startIndex=2&count=2&sortBy=id&filter=id+pr", `,"startIndex":2,"count":2,"sortBy":"id","filter":"id pr"`},
		{"?cursor=", `,"cursor":""`},
		{"?cursor=&count=2", `,"cursor":"","count":2`},
		{"?cursor=&startIndex=2", `,"cursor":"","startIndex":2`},
		{"?cursor=nonsense", `,"cursor":"nonsense"`},
	} {
		for _, endpoint := range []string{"/Users", "/Groups"} {
			got, want := c.post(endpoint, both.members), c.send("GET", endpoint+both.query, "") // P-3.4.3-1
			if got.StatusCode != want.StatusCode || withoutCursor(got) != withoutCursor(want) { // P-3.4.3-7, P-7.5.2-2
				t.Errorf("%s%s: POST %d %s\nGET %d %s",
					endpoint, both.query, got.StatusCode, got.Text, want.StatusCode, want.Text)
			}
			if location := got.Header.Get("Location"); location != "" {
				t.Errorf("%s%s: POST has the location %s", endpoint, both.query, location)
			}
		}
	}
	if n := c.send("GET", "/Users", "").Body.Get("totalResults").Text(); n != "4" {
		t.Errorf("there are %s users now", n)
	}
}

// A filter with a name has the same result in a URL and in a message, and is not in the log.
func TestFiltersBySensitiveValues(t *testing.T) { // P-3.12-25, P-7.5.2-1, P-7.5.2-2, P-7.5.2-3
	c := newClient(t)
	ann := c.create("ann", `,"name":{"familyName":"Kanari"}`)
	const filter = `name.familyName eq "kanari"`
	for by, a := range map[string]answer{
		"GET": c.search(filter), "POST": c.post("/Users", `,"filter":`+enclose(filter)),
	} {
		if found := a.Body.Get("Resources").Items(); a.StatusCode != 200 || len(found) != 1 ||
			found[0].JSON() != ann.Text {
			t.Errorf("%s: %d %s", by, a.StatusCode, a.Text)
		}
	}
	if log := c.log.String(); strings.Contains(strings.ToLower(log), "kanari") || strings.Count(log, "\n") != 3 {
		t.Errorf("the log of three requests says\n%s", log)
	}
}

// withoutCursor returns the text of an answer without its cursor, because no two cursors are equal.
func withoutCursor(a answer) string {
	return regexp.MustCompile(`"nextCursor":"[^"]+"`).ReplaceAllString(a.Text, `"nextCursor":"…"`)
}

func TestSearchMessageRefused(t *testing.T) { // P-3.4.3-2, P-3.4.3-8, P-3.1-3
	c := newClient(t)
	for _, endpoint := range []string{"/Users", "/Groups", ""} {
		for _, body := range []string{
			"", "[]", `"x"`, "{", "null", `{}`, `{"schemas":[]}`,
			`{"schemas":"` + scim.SearchRequestMessage + `"}`,
			`{"schemas":["` + scim.ListResponseMessage + `"]}`,
			`{"count":1}`, `{"schemas":["` + scim.UserSchema + `"],"userName":"ann"}`,
		} {
			c.wants(c.send("POST", endpoint+"/.search", body), 400, "invalidSyntax")
		}
		for _, members := range []string{
			`,"count":"10"`, `,"startIndex":"1"`, `,"count":true`, `,"attributes":"userName"`,
			`,"attributes":[1]`, `,"excludedAttributes":{"a":"b"}`, `,"filter":5`,
			`,"sortBy":["id"]`, `,"sortOrder":false`, `,"cursor":7`, `,"count":[1]`,
		} {
			c.wants(c.post(endpoint, members), 400, "invalidSyntax")
		}
		c.wants(c.send("POST", endpoint+"/.search", strings.Repeat(" ", 1<<20)+"{}"), 413, "")
		c.wants(c.send("POST", endpoint+"/.search", "x", "Content-Type", "text/plain"), 415, "")
	}
}

// Some clients send the members as texts, in the form of a URL.
func TestSearchMessageOfTexts(t *testing.T) { // P-3.4.3-8
	c := newTolerant(t)
	c.create("ann", `,"title":"Dr","emails":[{"value":"a@x.org"}]`)
	c.create("bob", "")
	for texts, members := range map[string]string{
		`,"attributes":"userName,emails.value"`: `,"attributes":["userName","emails.value"]`,
		`,"excludedAttributes":"emails, title","startIndex":"2"`: `,"excludedAttributes":["emails",` +
			`"title"],"startIndex":2`,
		`,"Attributes":"userName","count":"1","filter":"title pr"`: `,"attributes":["userName"],` +
			`"count":1,"filter":"title pr"`,
		`,"attributes":"userName","excludedAttributes":"title"`: `,"attributes":["userName"],` +
			`"excludedAttributes":["title"]`,
		`,"attributes":"","sortBy":"userName","sortOrder":"descending"`: `,"sortBy":"userName",` +
			`"sortOrder":"descending"`,
	} {
		for _, endpoint := range []string{"/Users", "/Groups", ""} {
			got, want := c.post(endpoint, texts), c.post(endpoint, members)
			if got.StatusCode != want.StatusCode || got.Text != want.Text {
				t.Errorf("%s %s: %d %s, want %d %s",
					endpoint, texts, got.StatusCode, got.Text, want.StatusCode, want.Text)
			}
		}
	}
	c.wants(c.post("/Users", `,"count":"ten"`), 400, "invalidSyntax")
	c.origin.Caller.Profile = tenant.Strict
	c.wants(c.post("/Users", `,"attributes":"userName,emails.value"`), 400, "invalidSyntax")
}

// Unknown members of a message, and parameters in the URL, are ignored.
func TestSearchMessageIgnores(t *testing.T) { // P-3.4.3-9
	c := newClient(t)
	c.create("ann", "")
	want := c.send("GET", "/Users?attributes=userName", "").Text
	for _, got := range []answer{
		c.post("/Users", `,"attributes":["userName"],"foo":1,"Resources":[]`),
		c.post("/Users", `,"attributes":["userName"],"filter":null,"count":null,"cursor":null,"sortBy":null,`+
			`"excludedAttributes":null`),
		c.send("POST", "/Users/.search?count=0&filter=x&cursor=y&excludedAttributes=id&startIndex=a",
			`{"SCHEMAS":["`+strings.ToUpper(scim.SearchRequestMessage)+`"],"ATTRIBUTES":["userName"]}`),
	} {
		if c.wants(got, 200, "").Text != want {
			t.Errorf("%s, want %s", got.Text, want)
		}
	}
}

func TestSearchIsNoID(t *testing.T) { // P-3.4.3-10, P-3.4.3-11, P-3.2-3
	c := newClient(t)
	a := c.create("ann", "")
	for _, path := range []string{"/Users/.search", "/Groups/.search", "/.search"} {
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
			if got := c.wants(c.send(method, path, "{}"), 405, ""); got.Header.Get("Allow") != "POST" {
				t.Errorf("%s %s: Allow %q", method, path, got.Header.Get("Allow"))
			}
		}
	}
	for _, path := range []string{
		path(a) + "/.search", "/Schemas/.search", "/ResourceTypes/.search", "/.search/.search",
	} {
		c.wants(c.post(strings.TrimSuffix(path, "/.search"), ""), 404, "")
	}
}

func TestSearchNeedsTheReadScope(t *testing.T) { // P-3.4.3-12
	c := newClient(t)
	c.origin.Caller.Scopes = nil
	for _, endpoint := range []string{"/Users", "/Groups", ""} {
		c.wants(c.post(endpoint, ""), 403, "")
	}
	c.origin.Caller.Scopes = []tenant.Scope{tenant.Read}
	for _, endpoint := range []string{"/Users", "/Groups", ""} {
		c.wants(c.post(endpoint, ""), 200, "")
	}
	c.origin.Caller = tenant.Caller{}
	for _, endpoint := range []string{"/Users", "/Groups", ""} {
		c.wants(c.post(endpoint, ""), 401, "")
	}
}
