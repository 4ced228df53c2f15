package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// The parameters reduce the answer to a PATCH of a group, in every profile.
func TestPatchAnswersByParameters(t *testing.T) { // P-3.5.2-26, P-3.5.2-27
	for _, profile := range []tenant.Profile{tenant.Strict, tenant.Entra} {
		t.Run(string(profile), func(t *testing.T) {
			c := newClient(t)
			c.origin.Caller.Profile = profile
			ids := c.people("a", "b")
			g := c.createGroup("g", `,"members":`+value(ids[0]))
			add := message(`[{"op":"add","path":"members","value":` + value(ids[1]) + `}]`)
			a := c.wants(c.send("PATCH", path(g)+"?attributes=members", add), 200, "")
			c.shows(a, a.Body, "id members schemas")
			if len(memberIDs(a.Body)) != 2 || a.Header.Get("ETag") != c.get(g).Header.Get("ETag") {
				t.Errorf("%s", a.Text)
			}
			a = c.wants(c.send("PATCH", path(g)+"?excludedAttributes=members", add), 200, "")
			c.shows(a, a.Body, "displayName id meta schemas")
			c.patched(g, `[{"op":"replace","path":"displayName","value":"h"}]`)
			again := `[{"op":"add","path":"members","value":` + value(ids[1]) + `}]`
			c.wants(c.patch(g, again, "If-Match", `W/"1"`), 412, "")
		})
	}
}

// The answer to a PATCH is the group if it has at most 100 members afterwards, otherwise 204. The
// number of members that are read does not depend on the size of the group.
func TestPatchAnswersBySize(t *testing.T) { // P-3.5.2-26, P-3.5.2-27
	for _, tt := range []struct {
		profile tenant.Profile
		members int
		status  int
	}{
		{tenant.Strict, 99, 200}, {tenant.Strict, 100, 200}, {tenant.Strict, 101, 204}, {tenant.Strict, 20_000, 204},
		{tenant.Generic, 100, 200}, {tenant.Okta, 100, 200}, {tenant.Okta, 101, 204}, {tenant.Entra, 1, 204},
	} {
		t.Run(fmt.Sprint(tt.profile, tt.members), func(t *testing.T) {
			transport := &crowd{next: http.DefaultTransport}
			transport.fill(tt.members, "")
			c := newClient(t, func(o *server.Options) { o.Directory = open(t, testkit.Table(t), transport) })
			c.origin.Caller.Profile = tt.profile
			g := c.createGroup("g", "")
			a := c.wants(c.patch(g, `[{"op":"replace","path":"displayName","value":"h"}]`), tt.status, "")
			want := map[int]int{200: tt.members}[tt.status]
			if len(memberIDs(a.Body)) != want || a.Header.Get("ETag") != `W/"2"` {
				t.Errorf("%d members, ETag %s", len(memberIDs(a.Body)), a.Header.Get("ETag"))
			}
		})
	}
}

// Members are added and removed, so that the group grows and shrinks across the limit.
func TestPatchAnswersAcrossTheBound(t *testing.T) { // P-3.5.2-27
	c := newClient(t)
	var names []string
	for i := range 101 {
		names = append(names, fmt.Sprint("u", i))
	}
	ids := c.people(names...)
	g := c.createGroup("g", `,"members":`+value(ids[:99]...))
	add := func(id string) string { return `[{"op":"add","path":"members","value":` + value(id) + `}]` }
	c.patched(g, add(ids[99]))
	c.wants(c.patch(g, add(ids[100])), 204, "")
	c.wants(c.patch(g, add(ids[100])), 204, "") // changes nothing
	c.patched(g, `[{"op":"remove","path":"members[value eq \"`+ids[0]+`\"]"}]`)
}

// If the group can't be read for the answer, the answer to the change is still a success.
func TestPatchAnswersWithoutTheGroup(t *testing.T) {
	t.Parallel()
	broken := false
	transport := fault.Script(http.DefaultTransport,
		fault.Rule{Operation: "Query", Calls: func(int) bool { return broken }, Fault: fault.Denied})
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, testkit.Table(t), transport) })
	ids := c.people("ann")
	g := c.createGroup("g", "")
	broken = true
	c.wants(c.patch(g, `[{"op":"add","path":"members","value":`+value(ids...)+`}]`), 204, "")
	broken = false
	c.holds(g, ids...)
}
