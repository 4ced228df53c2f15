package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// traced is a client of a server that records requests, with a running trace.
type traced struct {
	*client
	handler http.Handler
	dir     *directory.Directory
	table   string
}

func newTraced(t *testing.T, values bool, transport http.RoundTripper) *traced {
	t.Helper()
	name := testkit.Table(t)
	standard, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	dir := open(t, name, transport)
	registries := tenantschema.New(standard, dir.Tenants())
	c := newClientOn(t, open(t, name, http.DefaultTransport), func(o *server.Options) { o.Schemas = registries.Of })
	c.origin.Caller.Trace = tenant.Trace{Began: time.Now(), End: time.Now().Add(time.Hour), Values: values}
	p := &traced{client: c, dir: dir, table: name}
	p.handler = server.Traced(c.server, dir, registries.Current, slog.New(slog.NewTextHandler(c.log, nil)))
	err = open(t, name, http.DefaultTransport).For("acme").Traces().Begin(t.Context(), c.origin.Caller.Trace)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask sends a request to the handler that records.
func (p *traced) ask(method, path, body string) *httptest.ResponseRecorder {
	p.Helper()
	r := httptest.NewRequest(method, "https://any.host/v1/scim/v2"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", scim.MediaType)
	r.Header.Set("Authorization", "Bearer scim_secret")
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r.WithContext(server.WithOrigin(r.Context(), p.origin)))
	return w
}

// recorded returns all records as texts, without the parts that differ from run to run.
func (p *traced) recorded() (all []string) {
	p.Helper()
	page, err := p.dir.For("acme").Traces().Page(p.Context(), "", 50)
	if err != nil {
		p.Fatal(err)
	}
	for _, r := range page {
		if strings.Contains(fmt.Sprintf("%+v", r), "scim_secret") || r.Credential != "k1" || r.ID != "r1" ||
			r.Time.IsZero() {
			p.Errorf("recorded %+v", r)
		}
		all = append(all,
			strings.TrimSpace(fmt.Sprintf("%s %s %d %s%s", r.Method, r.Path, r.Status, r.Sent.Body, r.Sent.Note)))
	}
	return all
}

// TestTracedRequests: requests are recorded if they succeed, fail, are not JSON, or are refused before
// the body is read. A Bulk request is one record.
func TestTracedRequests(t *testing.T) {
	t.Parallel()
	p := newTraced(t, false, http.DefaultTransport)
	w := p.ask("POST", "/Users", user("ann", `,"password":"hunter2"`))
	if w.Code != 201 || !strings.Contains(w.Body.String(), "ann") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	p.ask("POST", "/Users", user("ann", ""))
	p.ask("GET", `/Users?filter=userName+eq+%22ann%22`, "")
	p.ask("PATCH", "/Users/ann", `{"Operations":`)
	p.ask("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[`+
		`{"method":"POST","path":"/Users","bulkId":"q","data":`+user("bob", "")+`}]}`)
	p.origin.Caller.Scopes = []tenant.Scope{tenant.Read}
	p.ask("POST", "/Users", user("eve", ""))
	schemas := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"<string of 3>"`
	want := []string{
		"POST /v1/scim/v2/Users 201 " + schemas + `,"password":"<password>"}`,
		"POST /v1/scim/v2/Users 409 " + schemas + "}",
		"GET /v1/scim/v2/Users 200",
		"PATCH /v1/scim/v2/Users/<string of 3> 400 the body is not valid JSON",
		`POST /v1/scim/v2/Bulk 200 {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[` +
			`{"method":"POST","path":"/Users","bulkId":"<string of 1>","data":` + schemas + "}}]}",
		"POST /v1/scim/v2/Users 403 " + schemas + "}",
	}
	if diff := cmp.Diff(want, p.recorded()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestATraceEndsByItself: nothing is recorded after the end of a trace, or after it has all its requests.
func TestATraceEndsByItself(t *testing.T) {
	t.Parallel()
	p := newTraced(t, true, http.DefaultTransport)
	on := p.origin.Caller.Trace
	p.origin.Caller.Trace.End = time.Now().Add(-time.Second)
	p.ask("GET", "/Users", "")
	p.origin.Caller.Trace = on
	if err := p.dir.For("acme").Traces().End(t.Context(), on); err != nil {
		t.Fatal(err)
	}
	p.ask("GET", "/Users", "")
	p.ask("GET", "/Users", "")
	if got := p.recorded(); len(got) > 0 || strings.Contains(p.log.String(), "not recorded") {
		t.Errorf("recorded %q, log %s", got, p.log)
	}
}

// TestATraceThatFailsChangesNothing: if a request can't be recorded, the answer stays the same, and the log
// says why the record is missing.
func TestATraceThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	down := fault.Script(http.DefaultTransport, fault.Rule{Calls: fault.First(1_000_000), Fault: fault.Denied})
	p := newTraced(t, false, down)
	if w := p.ask("POST", "/Users", user("ann", "")); w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(p.log.String(), "a traced request was not recorded") {
		t.Errorf("the log says %s", p.log)
	}
}

// TestWithoutATraceNothingIsPaid: for a tenant without a trace, a request makes no further call and
// allocates no more memory.
func TestWithoutATraceNothingIsPaid(t *testing.T) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})
	calls := 0
	count := fault.Script(http.DefaultTransport, fault.Rule{Calls: func(int) bool { calls++; return false }})
	h := server.Traced(answer, open(t, "none", count), nil, slog.New(slog.DiscardHandler))
	ctx := server.WithOrigin(context.Background(), server.Origin{Caller: tenant.Caller{Tenant: "acme"}})
	r, w := httptest.NewRequest("GET", "/scim/v2/Users", nil).WithContext(ctx), httptest.NewRecorder()
	if n := testing.AllocsPerRun(100, func() { h.ServeHTTP(w, r) }); n > 0 || calls > 0 {
		t.Errorf("%v allocations, %d calls", n, calls)
	}
}

// TestTracedRequestCosts: three calls more than the request: a read unit for the tenant's schemas, and a
// write unit for the sequence and each KB.
func TestTracedRequestCosts(t *testing.T) {
	t.Parallel()
	p := newTraced(t, false, http.DefaultTransport)
	used := func(h http.Handler) table.Usage {
		ctx, meter := table.WithMeter(t.Context())
		r := httptest.NewRequest("GET", "https://any.host/scim/v2/Users/x", nil)
		h.ServeHTTP(httptest.NewRecorder(), r.WithContext(server.WithOrigin(ctx, p.origin)))
		return meter.Usage()
	}
	used(p.server) // the first request reads the settings of the table as well
	plain, traced := used(p.server), used(p.handler)
	if traced.Calls != plain.Calls+3 || traced.Writes != plain.Writes+2 || traced.Reads != plain.Reads+1 {
		t.Errorf("used %+v, without a trace %+v", traced, plain)
	}
	if got := p.recorded(); len(got) != 1 {
		t.Errorf("recorded %q", got)
	}
}
