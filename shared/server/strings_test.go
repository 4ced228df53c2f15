package server_test

import (
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/server"
	"scimserver/shared/testkit"
)

// Two usernames that look alike are the same username, and a filter finds it in either spelling.
func TestUserNamesAreFolded(t *testing.T) { // P-5-1, P-7.8-1, S-4.1.1-3
	for _, tt := range [][2]string{
		{"alice", "ALICE"},
		{"alice", "ＡＬＩＣＥ"},
		{"zo\u00e9", "ZO\u0045\u0301"},
		{"zo\u0065\u0301", "zo\u00e9"},
		{"straße", "STRASSE"},
		{"Οδυσσεύς", "ΟΔΥΣΣΕΎΣ"},
	} {
		c := newClient(t)
		a := c.create(tt[0], "")
		c.wants(c.send("POST", "/Users", user(tt[1], "")), 409, "uniqueness") // P-3.3-8
		for _, name := range tt {
			c.finds(`userName eq "`+name+`"`, "1") // P-3.4.2.2-43
			c.finds(`userName eq "`+name+`" and not (userName ne "`+name+`")`, "1")
		}
		if a.Body.Get("userName").Text() != tt[0] {
			t.Errorf("%s", a.Text)
		}
	}
}

func TestUserNamesThatCannotBe(t *testing.T) { // P-5-3
	c := newClient(t)
	for _, name := range []string{
		`a\u0000b`, `a\u0007b`, `a\u007fb`, `a\u200bb`, `a\u202eb`, `a\ufdd0b`, `a\u0378b`, `a\ue000b`, `   `,
		`\u3000`,
	} {
		c.wants(c.send("POST", "/Users", user(name, "")), 400, "invalidValue")
	}
	c.create("Ada Lovelace", "") // blanks are allowed: providers have them
}

func TestTenantsAreDisjoint(t *testing.T) { // P-6-1, P-6-4, P-6-6, S-3.1-12
	c := newClient(t)
	other := *c
	other.origin.Caller.Tenant = "globex"
	a := c.create("ann", `,"externalId":"e","title":"acme"`)
	b := other.create("bob", `,"externalId":"e","title":"globex"`)
	if id(a) == id(b) {
		t.Errorf("id %s twice", id(a))
	}
	for _, filter := range []string{`externalId eq "e"`, `title pr`, `userName pr`} {
		for tenant, own := range map[*client]answer{c: a, &other: b} {
			found := tenant.wants(tenant.search(filter), 200, "").Body.Get("Resources").Items()
			if len(found) != 1 || found[0].JSON() != own.Text {
				t.Errorf("%s finds %v", filter, found)
			}
		}
	}
	other.finds(`id eq "`+id(a)+`"`, "0")
	other.finds(`userName eq "ann"`, "0")
	other.wants(other.get(a), 404, "")
	other.wants(other.send("PUT", path(a), user("x", "")), 404, "")
	other.wants(other.patch(a, `[{"op":"remove","path":"title"}]`), 404, "")
	other.wants(other.send("DELETE", path(a), ""), 404, "")
	c.unchanged(a)
}

// If a deployment makes names unique within each tenant (RFC 7643 section 7), two tenants may use the
// same name.
func TestUniquenessInEachTenant(t *testing.T) { // P-6-7
	for scope, want := range map[directory.Scope]int{directory.TenantScope: 201, directory.SystemScope: 409} {
		table := testkit.Table(t)
		c := newClient(t, func(o *server.Options) {
			o.Directory = open(t, table, http.DefaultTransport, func(o *directory.Options) { o.Scope = scope })
		})
		c.create("ann", "")
		c.wants(c.send("POST", "/Users", user("ann", "")), 409, "uniqueness")
		c.origin.Caller.Tenant = "globex"
		a := c.send("POST", "/Users", user("ann", ""))
		if a.StatusCode != want || strings.Contains(a.Text, "acme") { // S-7-21: 409 in the whole system
			t.Errorf("%s: %s", scope, a.Text)
		}
	}
}
