package server_test

import (
	"strings"
	"testing"
)

func TestDeletedUsersAreGone(t *testing.T) { // P-3.6-1, P-3.6-2, P-3.6-3, P-3.6-4, P-3.6-5, P-3.6-6
	c := newClient(t)
	a := c.create("ann", `,"externalId":"e","emails":[{"value":"ann@x.org"}]`)
	if d := c.wants(c.send("DELETE", path(a), ""), 204, ""); d.Text != "" {
		t.Errorf("204 with %q", d.Text)
	}
	c.wants(c.get(a), 404, "")
	c.wants(c.send("PUT", path(a), user("ann", "")), 404, "")
	c.wants(c.patch(a, `[{"op":"remove","path":"title"}]`), 404, "")
	c.wants(c.send("DELETE", path(a), ""), 404, "")
	for _, filter := range []string{`id eq "` + id(a) + `"`, `userName eq "ann"`, `externalId eq "e"`, `emails.value eq "ann@x.org"`, `userName pr`} {
		c.finds(filter, "0")
	}
	c.create("ann", `,"externalId":"e","emails":[{"value":"ann@x.org"}]`)
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
