package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

func TestDeletedUsersAreGone(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.create("ann", `,"externalId":"e","emails":[{"value":"ann@x.org"}]`)
	if d := c.wants(c.send("DELETE", path(a), ""), 204, ""); d.Text != "" { // P-3.6-1
		t.Errorf("204 with %q", d.Text)
	}
	c.wants(c.get(a), 404, "") // P-3.6-2
	c.wants(c.send("PUT", path(a), user("ann", "")), 404, "")
	c.wants(c.patch(a, `[{"op":"remove","path":"title"}]`), 404, "")
	c.wants(c.send("DELETE", path(a), ""), 404, "") // P-3.6-6
	// P-3.6-3
	for _, filter := range []string{
		`id eq "` + id(a) + `"`, `userName eq "ann"`, `externalId eq "e"`, `emails.value eq "ann@x.org"`,
		`userName pr`,
	} {
		c.finds(filter, "0")
	}
	for name, list := range map[string]answer{
		"list": c.send("GET", "/Users", ""), "search": c.post("/Users", ""),
		"search of everything": c.post("", ""),
	} {
		if c.wants(list, 200, "").Body.Get("totalResults").Text() != "0" ||
			len(list.Body.Get("Resources").Items()) != 0 {
			t.Errorf("%s: %s", name, list.Text)
		}
	}
	c.create("ann", `,"externalId":"e","emails":[{"value":"ann@x.org"}]`) // P-3.6-4, P-3.6-5
}

func TestIDsAreNeverGivenAgain(t *testing.T) { // P-3.6-9, S-3.1-6, S-3.1-8
	c := newClient(t)
	seen := map[string]bool{}
	for range 30 {
		a := c.create("ann", "")
		if seen[id(a)] || strings.Contains(id(a), "bulkId") {
			t.Errorf("id %s", id(a))
		}
		seen[id(a)] = true
		c.wants(c.send("DELETE", path(a), "", "If-Match", a.Header.Get("ETag")), 204, "")
	}
}

func TestDeleteUnderAVersion(t *testing.T) { // P-3.6-7
	c := newClient(t)
	a := c.create("ann", "")
	c.wants(c.send("DELETE", path(a), "", "If-Match", `W/"2"`), 412, "")
	c.unchanged(a)
	count := c.race(4, func(int) answer { return c.send("DELETE", path(a), "", "If-Match", `W/"1"`) })
	if count[204] != 1 || count[404] != 3 {
		t.Errorf("statuses %v", count)
	}
	c.wants(c.send("DELETE", path(a), "", "If-Match", `W/"1"`), 404, "")
}

// A list that leaves out a half deleted user finishes the deletion, and its totalResults is the number
// of users that it shows.
func TestListsFinishDeletions(t *testing.T) { // P-3.4.2.4-8
	name := testkit.Table(t)
	c := newClientOn(t, open(t, name, http.DefaultTransport))
	a, b := c.create("ann", ""), c.create("bob", "")
	g := c.createGroup("crew", `,"members":[{"value":"`+id(a)+`"},{"value":"`+id(b)+`"}]`)
	ctx, die := context.WithCancel(t.Context())
	dying := open(t, name,
		fault.Script(http.DefaultTransport, fault.Rule{Operation: "Query", Fault: fault.Then(fault.Refused, die)}))
	if err := dying.For("acme").Users().Delete(ctx, scim.ID(id(a)), nil); err == nil {
		t.Fatal("the function did not die")
	}
	for _, target := range []string{"/Users", "/Users?count=0"} {
		if list := c.wants(c.send("GET", target, ""), 200, ""); list.Body.Get("totalResults").Text() != "1" {
			t.Errorf("%s: %s", target, list.Text)
		}
	}
	if left := c.get(g).Body.Get("members").Items(); len(left) != 1 || left[0].Get("value").Text() != id(b) {
		t.Errorf("members %v", left)
	}
}
