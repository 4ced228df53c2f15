package server_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// failure is a request that is refused.
type failure struct {
	method, path, body string
	headers            []string
	status             int
	scimType           string
}

func (c *client) failures() []failure {
	c.create("bob", "")
	ann := path(c.create("ann", ""))
	post := func(body, scimType string) failure {
		return failure{method: "POST", path: "/Users", body: body, status: 400, scimType: scimType}
	}
	patch := func(operation, scimType string) failure {
		return failure{
			method: "PATCH", path: ann, body: message("[" + operation + "]"), status: 400, scimType: scimType,
		}
	}
	get := func(path string, status int, scimType string, headers ...string) failure {
		return failure{method: "GET", path: path, headers: headers, status: status, scimType: scimType}
	}
	search := func(members, scimType string) failure {
		body := `{"schemas":["` + scim.SearchRequestMessage + `"]` + members + `}`
		return failure{method: "POST", path: "/Users/.search", body: body, status: 400, scimType: scimType}
	}
	return []failure{
		// P-3.12-20: the structure of a body, of every message
		post(`{`, "invalidSyntax"), // P-3.12-6
		post(`[]`, "invalidSyntax"),
		post(`{"schemas":["urn:x"],"userName":"x"}`, "invalidSyntax"),
		{method: "PUT", path: ann, body: `{`, status: 400, scimType: "invalidSyntax"},
		{method: "PATCH", path: ann, body: `{}`, status: 400, scimType: "invalidSyntax"},
		patch(`{"op":"copy","path":"title"}`, "invalidSyntax"), // P-3.5.2-25
		search(`,"count":"1"`, "invalidSyntax"),
		{method: "POST", path: "/Users/.search", body: `{}`, status: 400, scimType: "invalidSyntax"},

		// P-3.12-23: a required value that is missing, one of another type, and parameters
		post(user("", ""), "invalidValue"),
		post(user("x", `,"active":"x"`), "invalidValue"),
		{method: "PUT", path: ann, body: user("", ""), status: 400, scimType: "invalidValue"},
		patch(`{"op":"add","path":"title","value":5}`, "invalidValue"),
		get("/Users?count=x", 400, "invalidValue"),
		get("/Users?attributes=userName&excludedAttributes=emails", 400, "invalidValue"),
		search(`,"sortBy":"name"`, "invalidValue"),

		// P-3.12-16: a filter in a URL, in a message and in a path
		get("/Users?filter="+escape(`userName xx "a"`), 400, "invalidFilter"),
		get("/Users?filter="+escape(`active co "t"`), 400, "invalidFilter"),
		search(`,"filter":"userName xx \"a\""`, "invalidFilter"),
		search(`,"filter":"active gt true"`, "invalidFilter"),
		patch(`{"op":"remove","path":"emails[type xx \"a\"]"}`, "invalidFilter"),

		get("/Users?cursor=x", 400, "invalidCursor"),
		get("/Users?cursor=&count=x", 400, "invalidCount"),

		// P-3.12-21
		patch(`{"op":"remove","path":"emails["}`, "invalidPath"),
		patch(`{"op":"add","path":"nope","value":1}`, "invalidPath"),

		// P-3.12-22
		patch(`{"op":"remove"}`, "noTarget"),
		patch(`{"op":"replace","path":"emails[type eq \"fax\"].value","value":"x"}`, "noTarget"),

		// P-3.12-19: TestImmutable has PUT
		patch(`{"op":"replace","path":"id","value":"x"}`, "mutability"),
		patch(`{"op":"remove","path":"userName"}`, "mutability"),

		// P-3.12-18
		{method: "POST", path: "/Users", body: user("ANN", ""), status: 409, scimType: "uniqueness"}, // P-3.12-10
		{method: "PUT", path: ann, body: user("bob", ""), status: 409, scimType: "uniqueness"},
		{
			method: "PATCH", path: ann, body: message(`[{"op":"replace","path":"userName","value":"bob"}]`),
			status: 409, scimType: "uniqueness",
		},

		get("/Users/none", 404, ""), // P-3.12-9
		get("/None", 404, ""),
		{method: "DELETE", path: "/Users", status: 405},
		get("/Users", 406, "", "Accept", "text/html"),
		{method: "DELETE", path: ann, headers: []string{"If-Match", `W/"9"`}, status: 412}, // P-3.12-11
		{method: "POST", path: "/Users", body: strings.Repeat(" ", 1<<20+1), status: 413},
		{
			method: "POST", path: "/Users", body: user("x", ""), headers: []string{"Content-Type", "text/plain"},
			status: 415,
		},
		get("/Schemas?filter=id+pr", 403, ""),
		{method: "POST", path: "/Me", status: 501}, // P-3.12-14
	}
}

// The body of every error is an Error message whose status is a string.
func TestErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, f := range c.failures() {
		a := c.wants(c.send(f.method, f.path, f.body, f.headers...), f.status, f.scimType)
		if a.Body.Get("schemas").JSON() != `["`+scim.ErrorMessage+`"]` { // P-3.12-1, P-3.12-2
			t.Errorf("%s %s: %s", f.method, f.path, a.Text)
		}
		if a.Body.Get("status").JSON() != `"`+strconv.Itoa(f.status)+`"` { // P-3.12-3, P-3.2-5
			t.Errorf("%s %s: %s", f.method, f.path, a.Text)
		}
		if len(a.Body.Get("detail").Text()) < 10 { // P-3.12-5
			t.Errorf("%s %s: %s", f.method, f.path, a.Text)
		}
		if f.scimType == "" && strings.Contains(a.Text, "scimType") {
			t.Errorf("%s %s: %s", f.method, f.path, a.Text)
		}
	}
}

// TestEmittedTypes compares the scimTypes in the code with those of RFC 7644 table 9 and RFC 9865 table
// 3, and with those in answers.
func TestEmittedTypes(t *testing.T) { // P-3.12-4
	c := newClient(t)
	emitted := map[string]bool{
		string(scim.TypeTooMany):       true, // TestTooMany
		string(scim.TypeInvalidVers):   true, // TestOtherVersions
		string(scim.TypeExpiredCursor): true, // TestCursorExpiry
	}
	for _, f := range c.failures() {
		if a := c.send(f.method, f.path, f.body, f.headers...); a.Body.Get("scimType").Kind() != scim.Null {
			emitted[a.Body.Get("scimType").Text()] = true
		}
	}
	got := slices.Sorted(maps.Keys(emitted))
	defined := []string{
		"expiredCursor", "invalidCount", "invalidCursor", "invalidFilter", "invalidPath", "invalidSyntax",
		"invalidValue", "invalidVers", "mutability", "noTarget", "tooMany", "uniqueness",
	}
	if declared := declaredTypes(t); !slices.Equal(got, declared) || !slices.Equal(declared, defined) {
		t.Errorf("emitted  %v\ndeclared %v\ndefined  %v", got, declared, defined)
	}
}

// declaredTypes are the values of the constants of scim.ErrorType.
func declaredTypes(t *testing.T) (types []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "../scim/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "ErrorType" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			types = append(types, text)
		}
		return true
	})
	slices.Sort(types)
	return types
}

func TestOtherVersions(t *testing.T) { // P-3.13-1, P-3.13-2, P-3.12-24
	c := newClient(t)
	for path, want := range map[string]string{
		"/scim/v1/Users":         "400 invalidVers",
		"/scim/v3/Users":         "400 invalidVers",
		"/a/b/scim/v1.1/Users/x": "400 invalidVers",
		"/scim/Users":            "404 ",
		"/v2/Users":              "404 ",
		"/scim/v2/Users/v2":      "404 ",
		"/scim/v2/Users":         "200 ",
		"/stage/scim/v2/Users":   "200 ",
	} {
		a := c.sendTo("GET", "https://any.host"+path, "")
		if got := strconv.Itoa(a.StatusCode) + " " + a.Body.Get("scimType").Text(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// If the store fails, the answer is a 5xx that tells the client what to do, and nothing about the
// store.
func TestStoreFailures(t *testing.T) { // P-3.12-13
	table := testkit.Table(t)
	refused := fault.Script(http.DefaultTransport,
		fault.Rule{Operation: "GetItem", Calls: func(int) bool { return true }, Fault: fault.Refused})
	c := newClient(t, func(o *server.Options) {
		o.Directory = open(t, table, refused, func(o *directory.Options) { o.Budget = 1 })
	})
	a := c.wants(c.send("GET", "/Users/x", ""), 503, "")
	if a.Header.Get("Retry-After") == "" || !strings.Contains(a.Body.Get("detail").Text(), "again") ||
		strings.Contains(a.Text, table) || strings.Contains(a.Text, "127.0.0.1") {
		t.Errorf("Retry-After %q, %s", a.Header.Get("Retry-After"), a.Text)
	}
}
