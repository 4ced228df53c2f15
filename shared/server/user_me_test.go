package server_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// as gives the client the credential of one user.
func (c *client) as(subject string, scopes ...tenant.Scope) {
	c.origin.Caller.Subject, c.origin.Caller.Scopes = subject, scopes
}

func TestMe(t *testing.T) { // P-3.11-3, P-3.11-4, P-2-3
	c := newClient(t)
	ann, bob := c.create("ann", ""), c.create("bob", "")
	c.as(id(ann), tenant.Read, tenant.Write)
	for _, tt := range [][2]string{
		{"GET", ""}, {"HEAD", ""},
		{"PUT", user("ann", `,"title":"a"`)},
		{"PATCH", message(`[{"op":"replace","path":"title","value":"b"}]`)},
		{"GET", ""},
	} {
		a := c.wants(c.send(tt[0], "/Me", tt[1]), 200, "")
		if tt[0] != "HEAD" && (id(a) != id(ann) || a.Body.Get("meta").Get("location").Text() != base+path(ann)) ||
			a.Header.Get("Location") != base+path(ann) {
			t.Errorf("%s: Location %s, %s", tt[0], a.Header.Get("Location"), a.Text)
		}
	}
	c.wants(c.send("GET", "/Me?attributes=title", ""), 200, "")
	c.wants(c.send("GET", "/Me", "", "If-None-Match", "*"), 304, "")
	c.wants(c.send("PATCH", "/Me", message(`[{"op":"remove","path":"title"}]`), "If-Match", `W/"1"`), 412, "")
	c.wants(c.send("POST", "/Me", user("x", "")), 501, "") // P-3.11-5
	c.wants(c.send("DELETE", "/Me", ""), 403, "")          // P-3.11-7
	c.as("", tenant.Read, tenant.Write)
	c.wants(c.send("DELETE", path(ann), ""), 204, "")
	c.as(id(ann), tenant.Read, tenant.Write)
	c.wants(c.send("GET", "/Me", ""), 404, "") // P-3.11-6
	c.as("", tenant.Read, tenant.Write)
	c.wants(c.send("GET", "/Me", ""), 404, "") // P-3.11-6
	c.wants(c.send("GET", path(ann), ""), 404, "")
	c.wants(c.get(bob), 200, "")
}

// A credential that is bound to a user gives access to /Me only, with any scopes.
func TestSubjectReachesNothingElse(t *testing.T) { // P-2-3, P-7.7-4
	c := newClient(t)
	ann, bob := c.create("ann", ""), c.create("bob", `,"title":"secret"`)
	group := c.wants(c.send("POST", "/Groups", `{"schemas":["`+scim.GroupSchema+`"],"displayName":"g"}`), 201, "")
	c.as(id(ann), tenant.Read, tenant.Write)
	for _, target := range []string{
		path(ann), path(bob), "/Groups/" + id(group), "/Users", "/Groups", "/Schemas", "/ResourceTypes",
		"/Users?filter=title%20pr",
	} {
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE", "POST"} {
			a := c.send(method, target, user("eve", ""))
			if a.StatusCode != 403 && a.StatusCode != 405 || strings.Contains(a.Text, "secret") {
				t.Errorf("%s %s: %d %s", method, target, a.StatusCode, a.Text)
			}
		}
	}
	c.wants(c.send("GET", "/ServiceProviderConfig", ""), 200, "")
	c.as(id(ann), tenant.Read)
	c.wants(c.send("GET", "/Me", ""), 200, "")
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		c.wants(c.send(method, "/Me", user("ann", "")), 403, "")
	}
}

// Users can't give themselves other identities or rights.
func TestOwnRights(t *testing.T) { // P-3.11-7
	c := newClient(t)
	const rights = `,"active":true,"roles":[{"value":"reader"}],"externalId":"7",` +
		`"emails":[{"value":"ann@a.example"},{"value":"a@a.example","primary":true}],` +
		`"` + scim.EnterpriseUserSchema + `":{"department":"d"}`
	ann := c.create("ann", rights)
	c.as(id(ann), tenant.Read, tenant.Write)
	for name, tt := range map[string]struct {
		method, body string
		status       int
	}{
		"PUT that keeps them": {
			"PUT",
			user("ann", strings.Replace(rights, `"value":"a@a.example","primary":true`, `"primary":true,`+
				`"value":"a@a.example"`, 1)+`,"title":"t"`),
			200,
		},
		"PUT of another role": {"PUT", user("ann", strings.Replace(rights, "reader", "admin", 1)), 403},
		"PUT of a userName":   {"PUT", user("eve", rights), 403},
		"PUT of an email":     {"PUT", user("ann", strings.Replace(rights, "ann@", "boss@", 1)), 403},
		"PATCH of an email": {
			"PATCH", message(`[{"op":"add","path":"emails","value":[{"value":"boss@a.example"}]}]`), 403,
		},
		"PATCH of externalId": {"PATCH", message(`[{"op":"replace","path":"externalId","value":"8"}]`), 403},
		"PATCH of a department": {
			"PATCH",
			message(`[{"op":"replace","path":"` + scim.EnterpriseUserSchema + `:department","value":"board"}]`),
			403,
		},
		"PUT without any":       {"PUT", user("ann", ""), 403},
		"PATCH of a role":       {"PATCH", message(`[{"op":"add","path":"roles","value":[{"value":"admin"}]}]`), 403},
		"PATCH of active":       {"PATCH", message(`[{"op":"replace","path":"active","value":false}]`), 403},
		"PATCH of entitlements": {"PATCH", message(`[{"op":"add","value":{"entitlements":[{"value":"all"}]}}]`), 403},
		"PATCH of a title":      {"PATCH", message(`[{"op":"add","path":"title","value":"x"}]`), 200},
	} {
		if a := c.send(tt.method, "/Me", tt.body); a.StatusCode != tt.status {
			t.Errorf("%s: %d %s, want %d", name, a.StatusCode, a.Text, tt.status)
		}
	}
	a := c.send("GET", "/Me", "")
	if !a.Body.Get("active").IsTrue() || strings.Contains(a.Text, "admin") || a.Body.Get("title").Text() == "" {
		t.Errorf("%s", a.Text)
	}
}

// A user whom the provider has deactivated has no access by a token of their own.
func TestInactiveUser(t *testing.T) { // P-3.11-7
	c := newClient(t)
	ann := c.create("ann", `,"active":false,"title":"secret"`)
	c.as(id(ann), tenant.Read, tenant.Write)
	for _, tt := range [][2]string{
		{"GET", ""}, {"PUT", user("ann", `,"active":false`)},
		{"PATCH", message(`[{"op":"add","path":"title","value":"x"}]`)},
	} {
		if a := c.wants(c.send(tt[0], "/Me", tt[1]), 403, ""); strings.Contains(a.Text, "secret") {
			t.Errorf("%s: %s", tt[0], a.Text)
		}
	}
}
