package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

const base = "https://scim.example.com/a/b/scim/v2"

// client sends requests to a server with a table of its own.
type client struct {
	*testing.T
	server *server.Server
	origin server.Origin
	log    *strings.Builder
}

func newClient(t *testing.T, change ...func(*server.Options)) *client {
	t.Helper()
	return newClientOn(t, open(t, testkit.Table(t), http.DefaultTransport), change...)
}

// newClientOn is newClient on an existing directory.
func newClientOn(t *testing.T, dir *directory.Directory, change ...func(*server.Options)) *client {
	t.Helper()
	registry, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	c := &client{T: t, log: &strings.Builder{}}
	o := server.Options{Registry: registry, Directory: dir, Log: slog.New(slog.NewJSONHandler(c.log, nil))}
	for _, f := range change {
		f(&o)
	}
	c.server = server.New(o, server.Users, server.Groups, server.Me, server.Search, server.Schemas,
		server.ResourceTypes, server.ServiceProviderConfig, server.Bulk)
	c.origin = server.Origin{BaseURL: base, RequestID: "r1", Caller: tenant.Caller{
		Tenant: "acme", Profile: tenant.Strict, Credential: "k1", Scopes: []tenant.Scope{tenant.Read, tenant.Write}}}
	return c
}

// open opens the directory of a table through a transport.
func open(t *testing.T, table string, transport http.RoundTripper,
	change ...func(*directory.Options)) *directory.Directory {
	t.Helper()
	o := directory.Options{Table: table, Endpoint: testkit.Endpoint(t), Client: &http.Client{Transport: transport}}
	for _, f := range change {
		f(&o)
	}
	dir, err := directory.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// answer is a response with its parsed body.
type answer struct {
	*http.Response
	Body scim.Value
	Text string
}

// send sends a request; headers come in pairs. It checks the rules that hold for every answer.
func (c *client) send(method, path, body string, headers ...string) answer {
	c.Helper()
	return c.sendTo(method, "https://any.host/a/b/scim/v2"+path, body, headers...)
}

// sendTo is send to a full URL.
func (c *client) sendTo(method, path, body string, headers ...string) answer {
	c.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", scim.MediaType)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r.WithContext(server.WithOrigin(r.Context(), c.origin)))
	a := answer{Response: w.Result(), Text: w.Body.String()}
	if a.Text != "" {
		var err error
		if a.Body, err = scim.ParseJSON(w.Body.Bytes()); err != nil {
			c.Errorf("%s %s: the body is no JSON: %v", method, path, err)
		}
	}
	// with a body or without
	kind, cache := a.Header.Get("Content-Type"), a.Header.Get("Cache-Control")
	if kind != scim.MediaType || cache != "no-store" { // P-3.1-1
		c.Errorf("%s %s: %d with Content-Type %q, Cache-Control %q", method, path, a.StatusCode, kind, cache)
	}
	if a.StatusCode >= 400 && method != "HEAD" && a.Body.Get("status").Text() != strconv.Itoa(a.StatusCode) { // P-3.2-5
		c.Errorf("%s %s: HTTP %d, body %s", method, path, a.StatusCode, a.Text)
	}
	return a
}

// wants fails the test unless the answer has that status and scimType.
func (c *client) wants(a answer, status int, scimType string) answer {
	c.Helper()
	if a.StatusCode != status || a.Body.Get("scimType").Text() != scimType {
		c.Errorf("%d %s, want %d %s: %s", a.StatusCode, a.Body.Get("scimType").Text(), status, scimType, a.Text)
	}
	return a
}

// user is the body of a user with more members, each with its leading comma.
func user(name, more string) string {
	return `{"schemas":["` + scim.UserSchema + `"],"userName":"` + name + `"` + more + `}`
}

func (c *client) create(name, more string) answer {
	c.Helper()
	return c.wants(c.send("POST", "/Users", user(name, more)), 201, "")
}

func id(a answer) string { return a.Body.Get("id").Text() }

// on returns the client for a subtest.
func (c *client) on(t *testing.T) *client {
	own := *c
	own.T = t
	return &own
}
