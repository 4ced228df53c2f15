package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// canary is part of every value of the other tenant.
const canary = "canary-7f3a"

// neighbours are two tenants in one table. acme sends requests, and no answer may reveal anything of globex.
type neighbours struct {
	*client
	scope        directory.Scope
	table        string
	user, group  answer   // of globex
	mine, circle answer   // user and group of acme
	cursors      []string // of globex, which also keeps marks of its pages
}

func newNeighbours(t *testing.T, scope directory.Scope, profile tenant.Profile) *neighbours {
	n := &neighbours{scope: scope, table: testkit.Table(t)}
	n.client = newClientOn(t, open(t, n.table, http.DefaultTransport, func(o *directory.Options) { o.Scope = scope }))
	n.origin.Caller.Profile = profile
	n.inTenant("globex", func() {
		n.create(canary+" second", "")
		n.user = n.create(canary+"@globex.example",
			`,"externalId":"`+canary+`","title":"`+canary+`","emails":[{"value":"mail.`+canary+`@globex.example"}]`)
		n.group = n.createGroup(canary+" group", `,"members":[{"value":"`+id(n.user)+`"}]`)
		for _, target := range []string{"/Users?cursor&count=1", "/Users?cursor&count=1&filter=id+pr&sortBy=userName"} {
			n.cursors = append(n.cursors, n.wants(n.send("GET", target, ""), 200, "").Body.Get("nextCursor").Text())
		}
		n.wants(n.send("GET", "/Users?startIndex=1&count=1", ""), 200, "")
	})
	n.mine = n.create("me@acme.example", `,"externalId":"mine"`)
	n.circle = n.createGroup("circle", `,"members":[{"value":"`+id(n.mine)+`"}]`)
	return n
}

// inTenant lets the client speak for another tenant for a while.
func (c *client) inTenant(id tenant.ID, f func()) {
	before := c.origin.Caller.Tenant
	c.origin.Caller.Tenant = id
	f()
	c.origin.Caller.Tenant = before
}

// holdings are all items of globex in the table.
func (n *neighbours) holdings() map[string]string {
	n.Helper()
	return scanned(n.T, n.table, func(item table.Item) bool {
		pk := item.Text("PK")
		asked := pk == "T#acme#CONFLICT" || strings.HasPrefix(pk, "T#acme#LOG#") // by acme itself
		return !asked && (strings.HasPrefix(pk, "T#globex#") || strings.Contains(fmt.Sprint(item), canary))
	})
}

// ask sends a request that names a resource of the other tenant, and the same request about a
// resource that does not exist. The answers must not differ.
func (n *neighbours) ask(method, target, body string, headers ...string) {
	n.Helper()
	nobody := strings.NewReplacer(id(n.user), "00000000-0000-4000-8000-000000000001", id(n.group),
		"00000000-0000-4000-8000-000000000002", canary, "nothing-0000")
	a := n.send(method, target, body, headers...)
	b := n.send(method, nobody.Replace(target), nobody.Replace(body), headers...)
	if a.StatusCode != b.StatusCode || nobody.Replace(a.Text) != b.Text ||
		nobody.Replace(a.Header.Get("Location")) != b.Header.Get("Location") ||
		a.Header.Get("ETag") != b.Header.Get("ETag") {
		n.Errorf("%s %s %s: %d %s\nabout nobody: %d %s",
			method, target, body, a.StatusCode, a.Text, b.StatusCode, b.Text)
	}
	if resource, _, _ := strings.Cut(target, "?"); resource != nobody.Replace(resource) && a.StatusCode < 400 {
		n.Errorf("%s %s: %d %s", method, target, a.StatusCode, a.Text)
	}
}

// One tenant's credential with another tenant's ids, values, versions and filters
// reads, changes and reveals nothing, on any endpoint, by any method.
func TestTenantsAreIsolated(t *testing.T) {
	t.Parallel()
	for i, scope := range []directory.Scope{directory.SystemScope, directory.TenantScope} {
		for j, profile := range []tenant.Profile{tenant.Strict, tenant.Generic} {
			if i != j && !testkit.Long() {
				continue
			}
			t.Run(string(scope)+" "+string(profile), func(t *testing.T) {
				n := newNeighbours(t, scope, profile)
				before := n.holdings()
				n.walkRoutes()  // P-6-2, P-6-3, S-9.3-2
				n.walkFilters() // P-6-4, P-6-6
				n.walkPages()
				n.borrowMembers()
				n.takeValues()
				if after := n.holdings(); !maps.Equal(before, after) {
					t.Errorf("globex holds\n%v\nand held\n%v", after, before)
				}
				n.whole()
			})
		}
	}
}

func (n *neighbours) walkRoutes() {
	n.Helper()
	bodies := []string{
		"", "{}", user("x@acme.example", `,"id":"`+id(n.user)+`","groups":[{"value":"`+id(n.group)+`"}]`),
		message(`[{"op":"replace","path":"displayName","value":"taken over"}]`),
		message(`[{"op":"remove","path":"members[value eq \"` + id(n.user) + `\"]"}]`),
		`{"schemas":["` + scim.GroupSchema + `"],"displayName":"taken over"}`,
	}
	headers := [][]string{
		nil,
		{"If-Match", "*"},
		{"If-Match", n.user.Header.Get("ETag")},
		{"If-None-Match", "*"},
		{"If-None-Match", n.group.Header.Get("ETag")},
	}
	walked := 0
	for _, pattern := range n.server.Patterns() {
		if !strings.Contains(pattern, "{id}") {
			continue
		}
		for _, other := range []answer{n.user, n.group} {
			target := strings.ReplaceAll(pattern, "{id}", id(other))
			for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"} {
				for i, h := range headers {
					n.ask(method, target, bodies[(i+walked)%len(bodies)], h...)
				}
				walked++
				n.ask(method, target+"?attributes=members,groups,title", bodies[walked%len(bodies)])
			}
		}
	}
	if walked < 24 {
		n.Errorf("only %d routes and methods were walked", walked)
	}
	n.ownSubject()
	n.explicitTenant()
}

// explicitTenant: only the credential determines the tenant, no other part of a request.
func (n *neighbours) explicitTenant() {
	n.Helper()
	for _, target := range []string{"/Tenants/globex/Users", "/globex/Users", "/globex" + path(n.user)} {
		n.wants(n.send("GET", target, ""), 404, "")
	}
	n.wants(n.sendTo("GET", "https://globex.host/globex/scim/v2"+path(n.user), ""), 404, "")
	n.wants(n.send("GET", path(n.user), "", "X-Tenant", "globex", "Tenant", "globex", "Host", "globex"), 404, "")
	n.wants(n.send("GET", path(n.user)+"?tenant=globex", ""), 404, "")
}

// ownSubject: a credential that is bound to a user of another tenant gives access to no user.
func (n *neighbours) ownSubject() {
	n.Helper()
	n.as(id(n.user), tenant.Read, tenant.Write)
	for _, method := range []string{"GET", "PUT", "PATCH"} {
		n.wants(n.send(method, "/Me", map[string]string{"PUT": user("x", ""), "PATCH": message(`[{"op":"add",` +
			`"path":"title","value":"x"}]`)}[method]), 404, "")
	}
	n.wants(n.send("DELETE", "/Me", ""), 403, "")
	n.as("", tenant.Read, tenant.Write)
}

func (n *neighbours) walkFilters() {
	n.Helper()
	for _, filter := range []string{
		`id eq "` + id(n.user) + `"`, `userName eq "` + canary + `@globex.example"`,
		`userName co "` + canary + `"`, `title sw "` + canary + `"`,
		`emails.value eq "mail.` + canary + `@globex.example"`, `emails[value co "` + canary + `"]`,
		`externalId eq "` + canary + `"`,
		`groups.value eq "` + id(n.group) + `"`, `groups.display co "` + canary + `"`,
		`meta.location ew "` + id(n.user) + `"`,
		`id eq "` + id(n.group) + `"`, `displayName eq "` + canary + ` group"`, `displayName co "` + canary + `"`,
		`members.value eq "` + id(n.user) + `"`, `members eq "` + id(n.user) + `"`,
		`members[value eq "` + id(n.user) + `"]`,
		`id eq "` + id(n.group) + `" and members eq "` + id(n.user) + `"`,
	} {
		for _, endpoint := range []string{"/Users", "/Groups"} {
			n.ask("GET", endpoint+"?filter="+escape(filter), "")
			a := n.send("GET", endpoint+"?filter="+escape(filter), "")
			if a.StatusCode == 200 && a.Body.Get("totalResults").Text() != "0" {
				n.Errorf("%s finds %s", filter, a.Text)
			}
		}
	}
	for _, target := range []string{
		"/Users", "/Groups", "/Users?startIndex=2", "/Users?count=0", "/Groups?startIndex=2&count=1",
		"/Users?filter=id+pr", "/Groups?filter=id+pr", "/Users?cursor", "/Users?sortBy=userName",
	} {
		a := n.send("GET", target, "")
		if strings.Contains(a.Text, canary) || strings.Contains(a.Text, id(n.user)) ||
			a.Body.Get("totalResults").Text() != "1" {
			n.Errorf("%s: %s", target, a.Text)
		}
	}
}

// walkPages continues the pages of the other tenant, whose credential has the same id.
func (n *neighbours) walkPages() {
	n.Helper()
	for _, cursor := range n.cursors {
		if cursor == "" {
			n.Error("globex got no cursor")
		}
		for _, target := range []string{
			"/Users?count=1&cursor=", "/Users?count=1&filter=id+pr&sortBy=userName&cursor=",
			"/Groups?count=1&cursor=",
		} {
			if a := n.send("GET", target+cursor, ""); a.StatusCode != 400 || strings.Contains(a.Text, canary) {
				n.Errorf("%s with a foreign cursor: %d %s", target, a.StatusCode, a.Text)
			}
		}
	}
	for _, endpoint := range []string{"/Users/.search", "/Groups/.search", "/.search"} {
		for _, query := range []string{
			`"filter":"id pr"`, `"filter":"meta.created pr","startIndex":2,"count":1`,
			`"cursor":"` + n.cursors[0] + `"`,
		} {
			a := n.send("POST", endpoint, `{"schemas":["`+scim.SearchRequestMessage+`"],`+query+`}`)
			if strings.Contains(a.Text, canary) || strings.Contains(a.Text, id(n.user)) ||
				a.Body.Get("totalResults").Text() > "2" {
				n.Errorf("%s %s: %s", endpoint, query, a.Text)
			}
		}
	}
}

// borrowMembers names the other tenant's user and group as members and as a manager.
func (n *neighbours) borrowMembers() {
	n.Helper()
	for _, other := range []answer{n.user, n.group} {
		element := `{"value":"` + id(other) + `"}`
		n.ask("PATCH", path(n.circle), message(`[{"op":"add","path":"members","value":[`+element+`]}]`))
		n.ask("PATCH", path(n.circle), message(`[{"op":"remove","path":"members","value":[`+element+`]}]`))
		n.ask("PUT", path(n.circle),
			`{"schemas":["`+scim.GroupSchema+`"],"displayName":"circle","members":[`+element+`,{"value":"`+id(n.mine)+
				`"}]}`)
		n.ask("GET", path(n.circle)+"?filter="+escape(`members.value eq "`+id(other)+`"`), "")
	}
	a := n.send("GET", path(n.circle), "")
	if strings.Contains(a.Text, id(n.user)) || strings.Contains(a.Text, id(n.group)) {
		n.Errorf("a group of acme holds a member of globex: %s", a.Text)
	}
}

// takeValues asks for values that globex has. Only if names are unique over all tenants may the answer
// reveal that a value is taken, and it never reveals by whom.
func (n *neighbours) takeValues() {
	n.Helper()
	want, scimType := 201, ""
	if n.scope == directory.SystemScope {
		want, scimType = 409, "uniqueness"
	}
	for _, body := range []string{
		user(canary+"@globex.example", ""),
		user("other@acme.example", `,"emails":[{"value":"mail.`+canary+`@globex.example"}]`),
	} {
		a := n.wants(n.send("POST", "/Users", body), want, scimType)
		withoutDomain := strings.ReplaceAll(a.Text, "@globex.example", "")
		if strings.Contains(withoutDomain, "globex") || strings.Contains(a.Text, id(n.user)) {
			n.Errorf("%s", a.Text)
		}
		if a.StatusCode == 201 {
			n.wants(n.send("DELETE", path(a), ""), 204, "")
		}
	}
	for _, body := range []string{
		user("same@acme.example", `,"externalId":"`+canary+`"`),
		`{"schemas":["` + scim.GroupSchema + `"],"displayName":"` + canary + ` group"}`,
	} {
		endpoint := "/Users"
		if strings.Contains(body, scim.GroupSchema) {
			endpoint = "/Groups"
		}
		a := n.wants(n.send("POST", endpoint, body), 201, "")
		n.wants(n.send("DELETE", path(a), ""), 204, "")
	}
}

// whole checks that the table is consistent and globex is unchanged.
func (n *neighbours) whole() {
	n.Helper()
	db, err := table.Open(table.Options{Name: n.table, Endpoint: testkit.Endpoint(n)})
	if err != nil {
		n.Fatal(err)
	}
	report, err := verify.Table(n.Context(), db)
	if err != nil || len(report.Findings) > 0 {
		n.Errorf("%v %v", report.Findings, err)
	}
	n.inTenant("globex", func() {
		n.wants(n.send("GET", path(n.user), ""), 200, "")
		n.wants(n.send("DELETE", path(n.user), ""), 204, "")
	})
}
