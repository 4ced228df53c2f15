package server_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// provisioning is a client with direct access to its table.
type provisioning struct {
	*client
	dir  *directory.Directory // past all faults
	name string
	n    int
}

func newProvisioning(t *testing.T, transport http.RoundTripper) *provisioning {
	t.Helper()
	name := testkit.Table(t)
	p := &provisioning{name: name, dir: open(t, name, http.DefaultTransport)}
	if err := p.dir.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.client = newClientOn(t, open(t, name, transport))
	p.origin.Caller.Profile = tenant.Entra
	return p
}

// ask sends a request with an id of its own.
func (p *provisioning) ask(status int, method, path, body string, headers ...string) answer {
	p.Helper()
	p.n++
	p.origin.RequestID = fmt.Sprintf("r%d", p.n)
	a := p.send(method, path, body, headers...)
	if a.StatusCode != status {
		p.Errorf("%s %s: %d %s, want %d", method, path, a.StatusCode, a.Text, status)
	}
	return a
}

// failures are the entries that requests wrote themselves, newest first.
func (p *provisioning) failures() []provlog.Entry {
	p.Helper()
	now := time.Now()
	page, _, err := p.dir.For("acme").Log().Page(p.Context(),
		provlog.Query{From: now.Add(-time.Hour), To: now.Add(time.Hour), Limit: 100})
	if err != nil {
		p.Fatal(err)
	}
	return page
}

// wantsFailure compares the entry of the last request.
func (p *provisioning) wantsFailure(want string) {
	p.Helper()
	all := p.failures()
	i := slices.IndexFunc(all, func(e provlog.Entry) bool { return e.Request == p.origin.RequestID })
	if i < 0 {
		p.Fatalf("there is no entry of %s, but %+v", p.origin.RequestID, all)
	}
	e := all[i]
	got := fmt.Sprintf("%s %s %s %q %q %d %s %v", e.Operation, e.Kind, e.ID, e.Name, e.ExternalID, e.Status,
		e.Type, e.Deviations)
	if got != want || e.Credential != "k1" || e.Detail == "" || time.Since(e.Time) > time.Hour || e.Changed != nil {
		p.Errorf("%s (%+v)\nwant %s", got, e, want)
	}
}

func TestFailuresAreLogged(t *testing.T) {
	t.Parallel()
	p := newProvisioning(t, http.DefaultTransport)
	ann := id(p.ask(201, "POST", "/Users", user("ann", `,"externalId":"x1"`)))
	bob := id(p.ask(201, "POST", "/Users", user("bob", "")))
	p.ask(201, "POST", "/Groups", group("g", ""))
	if got := p.failures(); len(got) != 0 {
		t.Errorf("requests that succeed write entries themselves: %+v", got)
	}
	p.ask(409, "POST", "/Users", user("Ann", `,"externalId":"x2","active":"True"`))
	p.wantsFailure(`create User  "Ann" "x2" 409 uniqueness [string-boolean]`)
	p.ask(409, "PUT", "/Users/"+bob, user("ann", ""))
	p.wantsFailure(`replace User ` + bob + ` "ann" "" 409 uniqueness []`)
	p.ask(409, "PATCH", "/Users/"+ann, message(`[{"op":"replace","path":"userName","value":"bob"}]`))
	p.wantsFailure(`patch User ` + ann + ` "ann" "x1" 409 uniqueness []`)
	p.ask(404, "DELETE", "/Users/nobody", "")
	p.wantsFailure(`delete User nobody "" "" 404  []`)
	p.ask(400, "POST", "/Users", `{"userName":`)
	p.wantsFailure(`create User  "" "" 400 invalidSyntax []`)
	p.ask(409, "POST", "/Groups", group("G", `,"externalId":"y"`))
	p.wantsFailure(`create Group  "G" "y" 409 uniqueness []`)
	p.origin.Caller.Subject = ann
	p.ask(403, "DELETE", "/Me", "")
	p.wantsFailure(`delete User ` + ann + ` "" "" 403  []`)
	p.origin.Caller.Subject, p.origin.Caller.Scopes = "", []tenant.Scope{tenant.Read}
	p.ask(403, "PUT", "/Users/"+ann, user("ann", ""))
	p.wantsFailure(`replace User ` + ann + ` "" "" 403  []`)
}

func TestWhatIsNoProvisioningIsNotLogged(t *testing.T) {
	t.Parallel()
	p := newProvisioning(t, http.DefaultTransport)
	p.ask(404, "GET", "/Users/nobody", "")
	p.ask(400, "GET", "/Users?filter=x", "")
	p.ask(400, "POST", "/Users/.search", "{")
	p.ask(405, "POST", "/Users/nobody", "{}")
	p.ask(404, "POST", "/Nothing", "{}")
	p.origin.Caller = tenant.Caller{}
	p.ask(401, "POST", "/Users", user("ann", ""))
	if got := p.failures(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestWhatWasLeftOutIsLogged: the log shows why a member is not in a group although the request
// succeeded, and which attributes had no effect.
func TestWhatWasLeftOutIsLogged(t *testing.T) {
	t.Parallel()
	p := newProvisioning(t, http.DefaultTransport)
	g := id(p.ask(201, "POST", "/Groups", group("g", "")))
	ann := p.ask(201, "POST", "/Users", user("ann", ""))
	const unknown = "urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId"
	for _, tt := range []struct {
		name, path, ops string
		skipped         []scim.ID
		ignored         []string
	}{
		{
			"a member", "/Groups/" + g, `[{"op":"add","path":"members","value":[{"value":"nobody"}]}]`,
			[]scim.ID{"nobody"}, nil,
		},
		{
			"an attribute", "/Users/" + id(ann), `[{"op":"replace","path":"` + unknown + `","value":"7"}]`, nil,
			[]string{unknown},
		},
		{
			"a misspelled attribute", "/Users/" + id(ann), `[{"op":"add","value":{"nickname2":"x","ann@acme.com":1}}]`,
			nil, []string{"nickname2"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(p.failures())
			a := p.send("PATCH", tt.path, message(tt.ops))
			all := p.failures()
			if a.StatusCode/100 != 2 || len(all) != before+1 {
				t.Fatalf("answer %d, entries %+v", a.StatusCode, all)
			}
			if e := all[0]; !slices.Equal(e.Skipped, tt.skipped) || e.SkippedCount != len(tt.skipped) ||
				!slices.Equal(e.Ignored, tt.ignored) || e.Status != a.StatusCode || e.Failed() || e.Changed != nil {
				t.Errorf("the entry is %+v", e)
			}
		})
	}
	before := len(p.failures())
	p.ask(200, "PUT", "/Users/"+id(ann), user("ann", `,"`+unknown[:len(unknown)-len(":costId")]+`":{"costId":"7"}`))
	if all := p.failures(); len(all) != before {
		t.Errorf("a PUT without a change writes %+v", all[0])
	}
}

// TestALogThatFailsChangesNothing: writing the entry is tried for a short time, and the answer stays the
// same, even if the time of the request is over.
func TestALogThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]fault.Rule{
		"refused": {Operation: "PutItem", Fault: fault.Refused},
		"hanging": {Operation: "PutItem", Fault: fault.Delayed(time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			rule.Calls = func(int) bool { return true }
			p := newProvisioning(t, fault.Script(http.DefaultTransport, rule))
			p.ask(201, "POST", "/Users", user("ann", ""))
			p.log.Reset()
			if a := p.ask(409, "POST", "/Users", user("ann", "")); a.Body.Get("scimType").Text() != "uniqueness" {
				t.Errorf("%s", a.Text)
			}
			if !strings.Contains(p.log.String(), `"level":"WARN"`) ||
				!strings.Contains(p.log.String(), `"unlogged":"`) ||
				strings.Contains(p.log.String(), "ann") {
				t.Errorf("the line is %s", p.log)
			}
			if got := p.failures(); len(got) != 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestFailuresAreLoggedWhenTheTimeIsOver: operators look for requests that ran out of time.
func TestFailuresAreLoggedWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	p := newProvisioning(t, http.DefaultTransport)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.origin.RequestID = "r1"
	r, err := http.NewRequestWithContext(server.WithOrigin(ctx, p.origin), "POST", "https://h/scim/v2/Users",
		strings.NewReader(user("ann", "")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", scim.MediaType)
	p.server.ServeHTTP(&discard{}, r)
	p.wantsFailure(`create User  "" "" 503  []`)
}

// discard is a ResponseWriter that discards the answer.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// TestWritesCarryTheirRecord: a write includes a record of the request, its status and its repaired
// deviations. No client sees the record.
func TestWritesCarryTheirRecord(t *testing.T) {
	t.Parallel()
	p := newProvisioning(t, http.DefaultTransport)
	ann := id(p.ask(201, "POST", "/Users", user("ann", `,"active":"True"`)))
	p.carries("USER", ann, `"c":"k1","o":"create","s":201,"d":["string-boolean"]}`)
	p.ask(200, "PATCH", "/Users/"+ann, message(`[{"op":"replace","path":"title","value":"t"}]`))
	p.carries("USER", ann, `"o":"patch","s":200}`)
	patched := p.n
	p.ask(200, "PUT", "/Users/"+ann, user("ann", `,"active":true,"title":"t"`)) // changes nothing
	p.carries("USER", ann, fmt.Sprintf(`"r":"r%d","c":"k1","o":"patch","s":200}`, patched))
	g := id(p.ask(201, "POST", "/Groups", group("g", "")))
	p.carries("GROUP", g, `"o":"create","s":201}`)
	add := func(ids ...string) string {
		return message(`[{"op":"add","path":"members","value":` + value(ids...) + `}]`)
	}
	p.ask(204, "PATCH", "/Groups/"+g, add(ann))
	p.carries("GROUP", g, `"o":"patch","s":204,"m":true,`+added(ann)+`}`)
	bob := id(p.ask(201, "POST", "/Users", user("bob", "")))
	p.origin.Caller.Profile = tenant.Okta
	if a := p.ask(200, "PATCH", "/Groups/"+g, add(bob, "nobody")); strings.Contains(a.Text, `"o"`) {
		t.Errorf("%s", a.Text)
	}
	p.carries("GROUP", g, `"o":"patch","s":200,"d":["unknown-member"],"m":true,"k":["nobody"],"n":1,`+added(bob)+`}`)
	p.ask(200, "PATCH", "/Groups/"+g, message(`[{"op":"remove","path":"members[value eq \"`+ann+`\"]"}]`))
	p.carries("GROUP", g, `"o":"patch","s":200,"m":true,`+removed(ann)+`}`)
	p.ask(200, "PATCH", "/Groups/"+g+"?attributes=displayName",
		message(`[{"op":"replace","path":"displayName","value":"h"}]`))
	p.carries("GROUP", g, `"o":"patch","s":200}`)
	p.ask(200, "PUT", "/Groups/"+g, group("h", `,"members":`+value(ann)))
	p.carries("GROUP", g, `"o":"replace","s":200,"m":true,`+added(ann)+","+removed(bob)+`}`)
	for _, path := range []string{"/Users/" + ann, "/Users", "/Groups/" + g, "/Groups"} {
		if a := p.ask(200, "GET", path, ""); strings.Contains(a.Text, `"log"`) || strings.Contains(a.Text, `\"o\"`) {
			t.Errorf("%s shows %s", path, a.Text)
		}
	}
}

// added and removed are what a record has about one member.
func added(id string) string   { return fmt.Sprintf(`"a":%q,"b":1`, packed(id)) }
func removed(id string) string { return fmt.Sprintf(`"e":%q,"f":1`, packed(id)) }

// packed is a member's id as a record has it: the 16 bytes of the UUID in 22 characters.
func packed(id string) string {
	bytes := uuid.MustParse(id)
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}

// carries checks the end of the record that a resource's item has.
func (p *provisioning) carries(kind, id, end string) {
	p.Helper()
	db, err := table.Open(table.Options{Name: p.name, Endpoint: testkit.Endpoint(p)})
	if err != nil {
		p.Fatal(err)
	}
	item, err := db.Get(p.Context(), table.Key{PK: "T#acme#" + kind, SK: id})
	if err != nil || !strings.HasSuffix(item.Text("log"), end) {
		p.Errorf("the record is %q, %v, want %s", item.Text("log"), err, end)
	}
}
