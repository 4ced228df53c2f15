package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// secretSchema has attributes that are never returned: pin, the sub-attribute code of key, all of vault.
func secretSchema() tenant.Extension {
	return tenant.Extension{URN: acmeUser, ResourceType: "User", Definition: `{"id":"` + acmeUser + `","name":"Acme",
		"attributes":[{"name":"costId"},{"name":"pin","returned":"never"},
		{"name":"key","type":"complex","subAttributes":[{"name":"label"},{"name":"code","returned":"never"}]},
		{"name":"vault","type":"complex","multiValued":true,"returned":"never","mutability":"writeOnly",
		"subAttributes":[{"name":"value"},{"name":"type"}]}]}`}
}

// hasSchemas gives the tenant these schemas. Later requests have its current record.
func (p *traced) hasSchemas(all ...tenant.Extension) {
	p.Helper()
	tenants := p.dir.Tenants()
	edit := func(tenant.Tenant, []tenant.Extension) ([]tenant.Extension, error) { return all, nil }
	if err := tenants.ChangeSchemas(p.Context(), "acme", edit); err != nil {
		p.Fatal(err)
	}
	record, err := tenants.Tenant(p.Context(), "acme")
	if err != nil {
		p.Fatal(err)
	}
	p.origin.Caller.Schemas = record.Schemas
}

// newSecretTrace returns a tenant of profile Entra, so that names without their URN work too.
func newSecretTrace(t *testing.T) *traced {
	t.Helper()
	p := newTraced(t, true, http.DefaultTransport)
	_, err := p.dir.Tenants().CreateTenant(t.Context(), tenant.Tenant{ID: "acme", Profile: tenant.Entra})
	if err != nil {
		t.Fatal(err)
	}
	p.origin.Caller.Profile = tenant.Entra
	p.hasSchemas(secretSchema())
	return p
}

// wantsNoCanary checks that n requests or more are stored, and that none of them has the canary.
func (p *traced) wantsNoCanary(n int) {
	p.Helper()
	later := open(p.T, p.table, http.DefaultTransport, func(o *directory.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Minute) } // a missing record is not waited for
	})
	page, err := later.For("acme").Traces().Page(p.Context(), "", 200)
	if err != nil || len(page) < n {
		p.Fatalf("%d of %d requests are stored, %v", len(page), n, err)
	}
	for _, r := range page {
		stored := fmt.Sprintf("%+v", r)
		if at := strings.Index(stored, "c4n4ry"); at >= 0 {
			p.Errorf("stored: %s %s: %s", r.Method, r.Path, stored[max(0, at-150):at+6])
		}
	}
}

type secretRequest struct{ method, path, body string }

// secretRequests are requests with the canary, about a user with an id.
func secretRequests(id string) (all []secretRequest) {
	one := "/Users/" + id
	add := func(method, path, body string) { all = append(all, secretRequest{method, path, body}) }
	for i, members := range secretMembers() {
		add("PATCH", one, message(`[{"op":"add","value":{`+members+`}}]`))
		if i%2 == 0 {
			add("POST", "/Users", user(fmt.Sprintf("u%d", i), ","+members))
		} else {
			add("PUT", one, user("ann", ","+members))
		}
	}
	for i, path := range secretPaths() {
		op := []string{"add", "Replace", "remove"}[i%3]
		add("PATCH", one, message(fmt.Sprintf(`[{"op":%q,"path":%q,"value":"c4n4ry"}]`, op, path)))
	}
	for i, filter := range secretFilters() {
		add("GET", "/Users?filter="+url.QueryEscape(filter), "")
		add("POST", []string{"/.search", "/Users/.search"}[i%2],
			fmt.Sprintf(`{"schemas":[%q],"filter":%q}`, scim.SearchRequestMessage, filter))
	}
	add("GET", "/Users?pin=c4n4ry", "")
	add("GET", "/Users?sortBy=pin+c4n4ry", "")
	add("POST", "/Users", `{"pin":"c4n4ry`) // these are no JSON
	add("POST", "/Users", `PIN=c4n4ry`)
	add("POST", "/Users", `{"`+acmeUser+`":"c4n4ry`)
	return all
}

// secretMembers are members of a user's body with the canary.
func secretMembers() []string {
	return withURN(`"URN":{"pin":"c4n4ry"}`, `"URN":{"PIN":"c4n4ry"}`, `"URN":{"pin":["c4n4ry"]}`,
		`"URN":{"pin":{"value":"c4n4ry"}}`, `"URN":{"key":{"label":"l","Code":"c4n4ry"}}`,
		`"URN":{"vault":[{"value":"c4n4ry","type":"c4n4ry"}]}`, `"URN":{"vault":"c4n4ry"}`,
		`"`+strings.ToUpper(acmeUser)+`":{"Pin":"c4n4ry"}`, `"URN:pin":"c4n4ry"`, `"URN.pin":"c4n4ry"`,
		`"URN:key.code":"c4n4ry"`, `"pin":"c4n4ry"`)
}

// secretPaths are paths of a PATCH whose value is a secret, or that compare one.
func secretPaths() []string {
	return withURN("URN:pin", strings.ToUpper(acmeUser)+":PIN", "pin", "URN.pin", "URN:key.code", "key.code",
		"URN:vault", "URN:vault.value", `URN:vault[type eq "x"].value`, `URN:pin[value eq "c4n4ry"]`,
		`URN:key[code eq "c4n4ry"].label`)
}

// secretFilters are filters that compare a secret.
func secretFilters() []string {
	return withURN(`URN:pin eq "c4n4ry"`, `PIN eq "c4n4ry"`, `userName pr and pin sw "c4n4ry"`,
		`URN:key.code eq c4n4ry`, `URN:key[code eq "c4n4ry"]`, `pin = c4n4ry`)
}

// withURN puts the URN of the schema in the place of the word URN.
func withURN(texts ...string) []string {
	for i := range texts {
		texts[i] = strings.ReplaceAll(texts[i], "URN", acmeUser)
	}
	return texts
}

// inBulk returns a Bulk request with one operation for each request that has a body.
func inBulk(requests []secretRequest) secretRequest {
	var all []string
	for _, r := range requests {
		if data, err := scim.ParseJSON([]byte(r.body)); err == nil && r.path != "/.search" {
			const operation = `{"method":%q,"path":%q,"bulkId":"b%d","data":%s}`
			all = append(all, fmt.Sprintf(operation, r.method, r.path, len(all), data.JSON()))
		}
	}
	all = append(all, `{"method":"DELETE","path":"/Users/x?filter=pin eq c4n4ry"}`)
	return secretRequest{"POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],` +
		`"Operations":[` + strings.Join(all, ",") + `]}`}
}

// askRecorded sends a request until it is recorded, because on a busy machine recording may take too long.
func (p *traced) askRecorded(r secretRequest) {
	p.Helper()
	for recorded := false; !recorded; {
		p.log.Reset()
		p.ask(r.method, r.path, r.body)
		recorded = !strings.Contains(p.log.String(), "not recorded")
	}
}

// TestNoSecretInATrace: no record has the value of an attribute that is never returned, for any request and
// even if the tenant's schemas change.
func TestNoSecretInATrace(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*traced){
		"defined": func(*traced) {},
		"the authorizer does not know of the schema yet": func(p *traced) { p.origin.Caller.Schemas = "" },
		"removed": func(p *traced) { p.hasSchemas() },
		"removed, but cached": func(p *traced) {
			cached := p.origin.Caller.Schemas
			p.ask("GET", "/Users", "")
			p.hasSchemas()
			p.origin.Caller.Schemas = cached
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newSecretTrace(t)
			before(p)
			all := secretRequests(id(p.create("ann", "")))
			for some := range slices.Chunk(all, 20) {
				all = append(all, inBulk(some))
			}
			for _, r := range all {
				p.askRecorded(r)
			}
			p.wantsNoCanary(len(all))
		})
	}
}
