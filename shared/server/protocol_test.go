package server_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
)

func TestVersions(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	path := "/Users/" + id(c.create("ann", ""))
	// P-3.14-4
	for tag, want := range map[string]int{
		`W/"1"`: 304, `"1"`: 304, `"9", W/"1"`: 304, "*": 304, `W/"2"`: 200, "1": 200,
	} {
		if a := c.send("GET", path, "", "If-None-Match", tag); a.StatusCode != want || want == 304 && a.Text != "" {
			t.Errorf("If-None-Match %s: %d", tag, a.StatusCode)
		}
	}
	for _, tag := range []string{`W/"2"`, `"x, *, y"`, `"a,"1",b"`, `"1`, `1`} { // P-3.14-5
		c.wants(c.send("PUT", path, user("anne", ""), "If-Match", tag), 412, "")
	}
	c.wants(c.send("DELETE", path, "", "If-Match", `W/"2"`), 412, "")            // P-3.6-7
	c.wants(c.send("PUT", path, user("anne", ""), "If-Match", `W/"1"`), 200, "") // P-3.14-6, P-3.5.1-18
	c.wants(c.send("PUT", path, user("ann", ""), "If-Match", `W/"1"`), 412, "")
	c.wants(c.send("PUT", path, user("ann", ""), "If-Match", "*"), 200, "") // P-3.14-7
	c.wants(c.send("PUT", "/Users/none", user("ann", ""), "If-Match", "*"), 404, "")
	c.wants(c.send("DELETE", path, "", "If-Match", `"3"`), 204, "")
}

// TestIfNoneMatch: a request with If-None-Match changes only a resource at another version, and with * none
// (RFC 9110 section 13.1.2). A malformed header changes nothing.
func TestIfNoneMatch(t *testing.T) { // P-3.14-4
	c := newClient(t)
	ann := c.create("ann", "")
	group := c.wants(c.send("POST", "/Groups", `{"schemas":["`+scim.GroupSchema+`"],"displayName":"g"}`), 201, "")
	change := message(`[{"op":"add","path":"externalId","value":"x"}]`)
	for _, resource := range []struct{ path, body string }{
		{path(ann), user("anne", "")},
		{"/Groups/" + id(group), `{"schemas":["` + scim.GroupSchema + `"],"displayName":"other"}`},
	} {
		before := c.wants(c.send("GET", resource.path, ""), 200, "")
		for _, tag := range []string{"*", before.Header.Get("ETag"), `"9", ` + before.Header.Get("ETag"), "1"} {
			for method, body := range map[string]string{"PUT": resource.body, "PATCH": change, "DELETE": ""} {
				a := c.wants(c.send(method, resource.path, body, "If-None-Match", tag), 412, "")
				if !strings.Contains(a.Body.Get("detail").Text(), "If-None-Match") {
					t.Errorf("%s with If-None-Match %s: %s", method, tag, a.Text)
				}
			}
		}
		c.wants(c.send("PUT", resource.path, resource.body, "If-Match", "*", "If-None-Match", "*"), 412, "")
		if after := c.send("GET", resource.path, ""); after.Text != before.Text {
			t.Errorf("refused, and yet %s became %s", before.Text, after.Text)
		}
		c.wants(c.send("PUT", resource.path, resource.body, "If-Match", "*", "If-None-Match", `W/"9"`), 200, "")
		c.wants(c.send("DELETE", resource.path, "", "If-None-Match", `W/"9"`), 204, "")
		c.wants(c.send("PUT", resource.path, resource.body, "If-None-Match", "*"), 404, "") // PUT creates nothing
	}
	c.wants(c.send("POST", "/Users", user("bob", ""), "If-None-Match", "*"), 201, "")
	c.wants(c.send("POST", "/Users", user("bob", ""), "If-None-Match", "*"), 409, "uniqueness")
	c.wants(c.send("POST", "/Users/.search", `{"schemas":["`+scim.SearchRequestMessage+`"]}`, "If-None-Match", "*"),
		200, "")
}

func TestBadBodies(t *testing.T) { // P-3.3-10, P-3.8-7, P-3.8-9, P-7-1
	c := newClient(t)
	for _, tt := range []struct {
		name, body, contentType string
		status                  int
		scimType                string
	}{
		{"broken", `{`, "", 400, "invalidSyntax"},
		{"empty", ``, "", 400, "invalidSyntax"},
		{"array", `[]`, "", 400, "invalidSyntax"},
		{"name twice", `{"userName":"a","USERNAME":"b"}`, "", 400, "invalidSyntax"},
		{"invalid UTF-8", "{\"userName\":\"\xff\"}", "", 400, "invalidSyntax"},
		{"deep", strings.Repeat("[", 10000), "", 400, "invalidSyntax"},
		{"a megabyte", `{"userName":"` + strings.Repeat("a", 1<<20) + `"}`, "", 413, ""},
		{"long value", user(strings.Repeat("a", 5000), ""), "", 400, "invalidValue"},
		{"control character", user(`a\u0007`, ""), "", 400, "invalidValue"},
		{
			"many values", user("a", `,"roles":[`+strings.Repeat(`{"value":"x"},`, 20000)+`{"value":"x"}]`), "",
			400, "invalidValue",
		},
		{"text", user("a", ""), "text/plain", 415, ""},
		{"XML", user("a", ""), "application/xml", 415, ""},
		{"latin 1", user("jos\xe9", ""), "application/scim+json; charset=ISO-8859-1", 400, "invalidSyntax"},
		{
			"latin 1, replaced by the gateway", user("jos\ufffd", ""),
			"application/scim+json; charset=ISO-8859-1", 400, "invalidSyntax",
		},
		{
			"no ASCII, replaced by the gateway", user("jos\ufffd", ""), "application/json;charset=us-ascii",
			400, "invalidSyntax",
		},
		{"latin 1 as UTF-8", user("jos\xe9", ""), "application/json; charset=utf-8", 400, "invalidSyntax"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "application/json; charset=utf-16", 400, "invalidSyntax"},
		{"malformed type", user("a", ""), ";;", 415, ""},
	} {
		contentType := tt.contentType
		if contentType == "" {
			contentType = "application/scim+json; charset=utf-8"
		}
		t.Run(tt.name, func(t *testing.T) {
			c.wants(c.send("POST", "/Users", tt.body, "Content-Type", contentType), tt.status, tt.scimType)
		})
	}
	c.wants(c.send("POST", "/Users", user("json", ""), "Content-Type", "application/json"), 201, "")
	c.wants(c.send("POST", "/Users", user("none", ""), "Content-Type", ""), 201, "")
	if a := c.send("GET", "/Users", ""); a.Body.Get("totalResults").Text() != "2" {
		t.Errorf("a refused body left something: %s", a.Text)
	}
}

// TestCharsets: JSON is UTF-8, even if the request names another charset.
func TestCharsets(t *testing.T) { // P-3.8-2
	c := newClient(t)
	for i, label := range []string{
		"charset=ISO-8859-1", "charset=us-ascii", "charset=UTF8", `charset="utf-8"`, "charset=", "charset",
		"charset=utf-8; charset=utf-8", "",
	} {
		c.wants(c.send("POST", "/Users", user("josé"+strconv.Itoa(i), ""), "Content-Type",
			"application/scim+json; "+label), 201, "")
	}
	// a replacement character that the client sends is an ordinary character
	c.wants(c.send("POST", "/Users", user("jos", `,"title":"\ufffd"`), "Content-Type",
		"application/scim+json; charset=utf-8"), 201, "")
}

// TestContentEncoding: the error names the refused coding, and a header lists the accepted ones (RFC 7694 section 3).
func TestContentEncoding(t *testing.T) { // P-3.8-7
	c := newClient(t)
	for i, coding := range []string{"", "identity", "Identity"} {
		c.wants(c.send("POST", "/Users", user("u"+strconv.Itoa(i), ""), "Content-Encoding", coding), 201, "")
	}
	for coding, named := range map[string]string{
		"gzip": "gzip", "br": "br", "identity, deflate": "deflate", "aws-chunked": "aws-chunked",
	} {
		a := c.wants(c.send("POST", "/Users", user("x", ""), "Content-Encoding", coding), 415, "")
		if !strings.Contains(a.Body.Get("detail").Text(), `Content-Encoding "`+named+`"`) ||
			a.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("Accept-Encoding %q, %s", a.Header.Get("Accept-Encoding"), a.Text)
		}
	}
	a := c.send("POST", "/Users", user("x", ""), "Content-Type", "text/plain")
	if a.Header.Values("Accept-Encoding") != nil {
		t.Error("a refused media type talks of content codings")
	}
}

func TestAccept(t *testing.T) { // P-3.8-3, P-3.8-4, P-3.8-5, P-3.8-6
	c := newClient(t)
	for accept, want := range map[string]int{
		"":                                       200,
		"*/*":                                    200,
		"application/*":                          200,
		"application/json":                       200,
		"application/scim+json, text/html;q=0.1": 200,
		"text/html, */*;q=0.1":                   200,
		"text/html":                              406,
		"application/scim+json;q=0":              406,
		"application/xml":                        406,
	} {
		if a := c.send("GET", "/Users", "", "Accept", accept); a.StatusCode != want {
			t.Errorf("Accept %q: %d, want %d", accept, a.StatusCode, want)
		}
	}
}

func TestRoutes(t *testing.T) { // P-3.2-6
	c := newClient(t)
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"PUT", "/Users", 405, "GET, POST"}, // P-3.2-3
		{"DELETE", "/Users", 405, "GET, POST"},
		{"POST", "/Users/x", 405, "DELETE, GET, PATCH, PUT"}, // P-3.3-13
		{"GET", "/Users/.search", 405, "POST"},               // P-3.4.3-11
		{"OPTIONS", "/Users", 405, "GET, POST"},
		{"POST", "/Schemas", 405, "GET"}, // P-4-7
		{"DELETE", "/ResourceTypes/User", 405, "GET"},
		{"PUT", "/ServiceProviderConfig", 405, "GET"},
		{"PATCH", "/Users/x", 400, ""},
		{"POST", "/Users/.search", 400, ""},
		{"POST", "/Groups/.search", 400, ""},
		{"PATCH", "/Groups/x", 400, ""},
		{"PUT", "/Groups", 405, "GET, POST"},
		{"POST", "/Groups/x", 405, "DELETE, GET, PATCH, PUT"},
		{"GET", "/Bulk", 405, "POST"}, // P-3.12-14
		{"GET", "/Me", 404, ""},
		{"POST", "/.search", 400, ""},
		{"GET", "/Nope", 404, ""}, // P-3.12-9
		{"GET", "/", 404, ""},
		{"GET", "/users", 404, ""}, // P-4-8
		{"GET", "/Users/x/y", 404, ""},
		{"GET", "/Users/v2", 404, ""}, // P-3.13-1, P-3.13-2
		{"GET", "/ServiceProviderConfigs", 404, ""},
		{"GET", "/Users.scim", 404, ""}, // P-3.8-10
		{"GET", "/Users/", 404, ""},
		{"HEAD", "/Users", 200, ""},
	} {
		a := c.send(tt.method, tt.path, "")
		if a.StatusCode != tt.status || a.Header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d, Allow %q; want %d, %q",
				tt.method, tt.path, a.StatusCode, a.Header.Get("Allow"), tt.status, tt.allow)
		}
	}
}

// TestExtraSlash: the answer is the same at every endpoint and by every function.
func TestExtraSlash(t *testing.T) { // P-3.12-9
	c := newClient(t)
	ann := path(c.create("ann", ""))
	unknown := newClientOn(t, nil)
	unknown.server = server.New(unknown.server.Options, server.ServiceProviderConfig) // function serviceproviderconfig
	for _, tt := range []struct{ method, path, which, right string }{
		{"GET", "/Users/", "a slash at the end", "/scim/v2/Users."},
		{"POST", "/Users/", "a slash at the end", "/scim/v2/Users."},
		{"GET", "/Groups/", "a slash at the end", "/scim/v2/Groups."},
		{"GET", ann + "/", "a slash at the end", "/scim/v2" + ann + "."},
		{"POST", "/Users/.search/", "a slash at the end", "/scim/v2/Users/.search."},
		{"POST", "/.search/", "a slash at the end", "/scim/v2/.search."},
		{"GET", "/Me/", "a slash at the end", "/scim/v2/Me."},
		{"POST", "/Bulk/", "a slash at the end", "/scim/v2/Bulk."},
		{"GET", "/Schemas/", "a slash at the end", "/scim/v2/Schemas."},
		{"GET", "/ResourceTypes/User/", "a slash at the end", "/scim/v2/ResourceTypes/User."},
		{"GET", "/ServiceProviderConfig/", "a slash at the end", "/scim/v2/ServiceProviderConfig."},
		{"GET", "//Users", "two slashes in a row", "/scim/v2/Users."},
		{"GET", "/Users//", "two slashes in a row", "/scim/v2/Users."},
		{"GET", "/Users//" + id(c.create("bob", "")), "two slashes in a row", "/scim/v2/Users/"},
		{"GET", "///ServiceProviderConfig", "two slashes in a row", "/scim/v2/ServiceProviderConfig."},
	} {
		for _, function := range []*client{c, unknown} {
			detail := function.wants(function.send(tt.method, tt.path, ""), 404, "").Body.Get("detail").Text()
			if !strings.Contains(detail, tt.which) || !strings.Contains(detail, "send the request to "+tt.right) {
				t.Errorf("%s %s: %s", tt.method, tt.path, detail)
			}
		}
	}
	detail := c.wants(c.sendTo("GET", "https://any.host//scim/v2/Users", ""), 404, "").Body.Get("detail").Text()
	if !strings.Contains(detail, "two slashes") {
		t.Errorf("in front of the base URL: %s", detail)
	}
	if detail := c.wants(c.send("GET", "/", ""), 404, "").Body.Get("detail").Text(); strings.Contains(detail, "slash") {
		t.Errorf("the base URL is no endpoint without its slash either: %s", detail)
	}
}

// TestWrongPathsSayWhatIsWrong: an administrator reads in the provider's log what to correct.
func TestWrongPathsSayWhatIsWrong(t *testing.T) {
	c := newClient(t)
	unknown := newClientOn(t, nil)
	unknown.server = server.New(unknown.server.Options, server.ServiceProviderConfig) // function serviceproviderconfig
	const fromEnd = " from the end of the base URL"
	for _, tt := range []struct{ method, path, says string }{
		{"GET", "/scim/v2/Users/Users?filter=userName%20eq%20%22ann%22", "remove /Users" + fromEnd},
		{"POST", "/scim/v2/Users/Users", "remove /Users" + fromEnd},
		{"GET", "/scim/v2/Users/Groups", "remove /Users" + fromEnd},
		{"PATCH", "/scim/v2/Groups/Groups/1", "remove /Groups" + fromEnd},
		{"GET", "/scim/v2", "this is the base URL, and it is right"},
		{"GET", "/scim/v2/", "such as /Users or /ServiceProviderConfig"},
		{"GET", "/scim/v2/scim/v2/Users", "has /scim/v2 twice; remove /scim/v2" + fromEnd},
		{"GET", "/scim/v2/scim/v2", "remove /scim/v2" + fromEnd},
		{"GET", "/scim/v2/scim/Users", "has /scim after /scim/v2; remove /scim" + fromEnd},
		{"POST", "/scim/v2/v2/Users", "remove /v2" + fromEnd},
		{"GET", "/scim/v2/users/1", "the name /Users, in upper and lower case as here"},
		{"GET", "/scim/v2/Group", "the name /Groups,"},
		{"GET", "/scim/v2/ServiceProviderConfigs", "the name /ServiceProviderConfig,"},
		{"GET", "/scim/v2/Nope", "the base URL ends in /scim/v2, and an endpoint such as /Users follows it"},
		{"GET", "/scim/v2/Users/1/2", "an endpoint such as /Users follows it"},
		{"GET", "/scim/Users", "the base URL that ends in /scim/v2, so that the path becomes /scim/v2/Users"},
		{"GET", "/v2/Groups/1", "so that the path becomes /scim/v2/Groups"},
		{"GET", "/Me", "so that the path becomes /scim/v2/Me"},
		{"GET", "/nope", "not below /scim/v2; use the base URL that ends in /scim/v2"},
	} {
		for name, function := range map[string]*client{"users": c, "serviceproviderconfig": unknown} {
			a := function.wants(function.sendTo(tt.method, "https://any.host"+tt.path, "{}"), 404, "")
			if detail := a.Body.Get("detail").Text(); !strings.Contains(detail, tt.says) {
				t.Errorf("%s %s by %s: %s", tt.method, tt.path, name, detail)
			}
		}
	}
}

func TestCallers(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	path := "/Users/" + id(c.create("ann", ""))
	own := c.origin.Caller
	c.origin.Caller.Scopes = []tenant.Scope{tenant.Read}
	c.wants(c.send("GET", path, ""), 200, "")
	for _, method := range []string{"PUT", "DELETE"} { // P-2-2, P-2.1-1, P-3.12-8
		c.wants(c.send(method, path, user("x", "")), 403, "")
	}
	c.origin.Caller.Scopes = nil
	c.wants(c.send("GET", path, ""), 403, "")
	c.origin.Caller = own
	c.origin.Caller.Expires = time.Now().Add(-time.Second)
	c.wants(c.send("GET", path, ""), 401, "") // P-3.12-7
	c.origin.Caller = tenant.Caller{}
	// P-2-1
	if a := c.wants(c.send("GET", path, ""), 401, ""); !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("WWW-Authenticate %q", a.Header.Get("WWW-Authenticate"))
	}
	c.origin.Caller = own
	c.origin.Caller.Tenant = "globex"
	c.wants(c.send("GET", path, ""), 404, "") // P-6-4
	if a := c.send("GET", "/Users", ""); a.Body.Get("totalResults").Text() != "0" {
		t.Errorf("another tenant sees %s", a.Text)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.wants(c.send("POST", "/Users", `{"userName":"ann"}`), 400, "invalidSyntax") // S-2.1-3
	c.origin.Caller.Profile = tenant.Generic
	c.wants(c.send("POST", "/Users", `{"userName":"ann"}`), 201, "")
}

func TestNothingInternalLeaks(t *testing.T) { // P-3.12-13, P-7.5.2-3
	c := newClient(t, func(o *server.Options) {
		o.Passwords = func(string) (string, error) { return "", errors.New("inner secret") }
	})
	a := c.wants(c.send("POST", "/Users", user("ann.canary", `,"password":"canary-password"`)), 500, "")
	if strings.Contains(a.Text, "inner secret") || strings.Contains(a.Text, ".go:") {
		t.Errorf("%s", a.Text)
	}
	if log := c.log.String(); !strings.Contains(log, "inner secret") || strings.Contains(log, "canary") {
		t.Errorf("the log says %s", log)
	}
}

func TestBaseURL(t *testing.T) { // P-1.3-2
	c := newClient(t, func(o *server.Options) { o.BaseURL = "https://h/a/b/v2" })
	if a := c.create("ann", ""); a.Header.Get("Location") != "https://h/a/b/v2/Users/"+id(a) {
		t.Errorf("Location %s", a.Header.Get("Location"))
	}
}

func TestLogLine(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.create("ann", "")
	c.log.Reset()
	c.send("POST", "/Users", user("ann", ""))
	v, err := scim.ParseJSON([]byte(c.log.String()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"msg": "request", "request": "r1", "tenant": "acme", "credential": "k1", "method": "POST", "route": "/Users",
		// the transaction; whether the holder still exists, and whether it is deactivated; reading and counting the
		// conflict; the provisioning log
		"operation": "create", "status": "409", "scimType": "uniqueness", "calls": "6",
	} {
		if got := v.Get(name).Text(); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
