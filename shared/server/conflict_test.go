package server_test

import (
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// account makes an account of the application whose username is its email.
func (c *client) account(email string) directory.Account {
	c.Helper()
	doc, err := scim.ParseJSON([]byte(user(email, `,"emails":[{"value":"`+email+`"}]`)))
	if err != nil {
		c.Fatal(err)
	}
	a, err := c.server.Directory.Accounts().Create(c.Context(),
		directory.AccountContent{Content: directory.Content{Doc: doc}})
	if err != nil {
		c.Fatal(err)
	}
	return a
}

// conflicts returns the conflicts of the client's tenant.
func (c *client) conflicts() []directory.Conflict {
	c.Helper()
	page, _, err := c.server.Directory.For(c.origin.Caller.Tenant).Conflicts().List(c.Context(), "", 100)
	if err != nil {
		c.Fatal(err)
	}
	return page
}

// Every request that is refused because a value is taken is counted, and the text and
// the log name the conflict.
func TestLossesAreNoted(t *testing.T) {
	t.Parallel()
	for what, request := range map[string]func(c *client) answer{
		"POST /Users": func(c *client) answer { return c.send("POST", "/Users", user("x", mail("ANN@x.org"))) },
		"PUT /Users": func(c *client) answer {
			return c.send("PUT", path(c.create("x", "")), user("x", mail("ann@x.org")))
		},
		"PATCH /Users": func(c *client) answer {
			return c.patch(c.create("x", ""), `[{"op":"replace","path":"userName","value":"ann@x.org"}]`)
		},
		"POST /Groups": func(c *client) answer {
			c.createGroup("g", "")
			return c.send("POST", "/Groups", group("G", ""))
		},
		"PUT /Groups": func(c *client) answer {
			c.createGroup("g", "")
			return c.send("PUT", path(c.createGroup("h", "")), group("g", ""))
		},
		"PATCH /Groups": func(c *client) answer {
			c.createGroup("g", "")
			return c.patch(c.createGroup("h", ""), `[{"op":"replace","path":"displayName","value":"g"}]`)
		},
	} {
		t.Run(what, func(t *testing.T) {
			c := newClient(t)
			c.account("ann@x.org")
			a := c.wants(request(c), 409, "uniqueness")
			all := c.conflicts()
			if len(all) != 1 || all[0].Attempts != 1 || all[0].State != directory.ConflictOpen {
				t.Fatalf("conflicts %+v", all)
			}
			id := string(all[0].ID)
			if !strings.Contains(a.Body.Get("detail").Text(), "conflict "+id) ||
				!strings.Contains(c.log.String(), `"conflict":"`+id+`"`) {
				t.Errorf("conflict %s is not in %s or in\n%s", id, a.Text, c.log)
			}
			if strings.Contains(c.log.String(), "ann@x.org") {
				t.Errorf("the log holds a value: %s", c.log)
			}
		})
	}
}

func mail(address string) string { return `,"emails":[{"value":"` + address + `"}]` }

// Values of different holders have different conflicts.
func TestEachHolderIsNoted(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.account("ann@x.org")
	c.create("bob", "")
	a := c.wants(c.send("POST", "/Users", user("bob", mail("ann@x.org"))), 409, "uniqueness")
	all := c.conflicts()
	if len(all) != 2 {
		t.Fatalf("conflicts %+v", all)
	}
	for _, one := range all {
		if !strings.Contains(a.Text, string(one.ID)) || !strings.Contains(c.log.String(), string(one.ID)) {
			t.Errorf("conflict %s is not in %s or in\n%s", one.ID, a.Text, c.log)
		}
	}
}

// If conflicts can't be recorded, the answer stays the same.
func TestLossIsNotNoted(t *testing.T) {
	t.Parallel()
	broken := fault.Script(http.DefaultTransport,
		fault.Rule{Operation: "UpdateItem", Calls: func(int) bool { return true }, Fault: fault.Throttled})
	table := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, broken) })
	if err := open(t, table, http.DefaultTransport).Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.account("ann@x.org")
	a := c.wants(c.send("POST", "/Users", user("x", mail("ann@x.org"))), 409, "uniqueness")
	if len(c.conflicts()) != 0 || strings.Contains(a.Text, "(conflict") ||
		!strings.Contains(a.Text, "quoting this message") {
		t.Errorf("%v, %s", c.conflicts(), a.Text)
	}
	log := c.log.String()
	if !strings.Contains(log, `"unnoted":"`) || !strings.Contains(log, `"level":"WARN"`) ||
		strings.Contains(log, "ann@x.org") {
		t.Error(log)
	}
}
