package groups_test

import (
	"math/rand/v2"
	"testing"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// Changes and deletions of many members, interrupted by crashes, and what large
// groups cost. With -long the groups have as many members as is promised.
func TestLargeGroups(t *testing.T) {
	e2e.ProcessesOnly(t)
	t.Parallel()
	var log e2e.Log
	g := newGroups(t, stack.Options{MaxProcesses: 4, NoStream: true, Log: &log})
	users := g.seedUsers(testkit.Size(100_000, 600))
	small, big := g.seedGroup(users[:10]...), g.seedGroup(users[:len(users)-1]...)
	t.Run("cost", func(t *testing.T) { g.in(t).costs(&log, users[len(users)-1], small, big) })
	t.Run("delete the largest group", func(t *testing.T) {
		g.in(t).erase(groupsFunction, "GROUP", big, "the client repeats")
	})
	t.Run("kills", func(t *testing.T) { g.in(t).kills(users[:testkit.Size(10_000, 320)], testkit.Size(20, 4)) })
	g.locked(t, "kills", func(g *groups) { g.kills(users[:testkit.Size(10_000, 320)], testkit.Size(20, 4)) })
	t.Run("delete a group", func(t *testing.T) { testDeleteGroup(g.in(t), users[:testkit.Size(1_000, 200)]) })
	t.Run("delete a user", func(t *testing.T) { testDeleteUser(g.in(t), testkit.Size(5_000, 48)) })
	g.locked(t, "delete a user", func(g *groups) { testDeleteUser(g, testkit.Size(200, 48)) })
	report := g.verify()
	t.Logf("%d users, %d groups, %d members", report.Users, report.Groups, report.Members)
}

// kills kills the function again and again while it adds many members, each time
// repeating the request as the client would.
func (g *groups) kills(users []string, kills int) {
	g.Helper()
	group, body, r := g.seedGroup(), edit("add", users...), rand.New(rand.NewPCG(*seed, 0))
	// A request first asks for the members, a hundred a call. Most kills come
	// later, when some steps of 32 members are done.
	bound := len(users)/100 + len(users)/150
	for kill := range kills {
		n := 1 + r.IntN(bound)
		g.lay(groupsFunction, n, r.IntN(2) == 0)
		a := g.Send("PATCH", path(group), body)
		if touched := g.lift(); !touched {
			if g.ok(a); kill < kills/2 {
				g.Errorf("the request survived kill %d", kill)
			}
			break
		}
		if left := g.edges(group); g.stored(group).Text("pending") == "" && left != 0 && left != len(users) {
			g.Fatalf("behind kill %d at call %d: %d of %d members", kill, n, left, len(users))
		}
	}
	if r.IntN(2) == 0 && g.stored(group).Text("pending") != "" {
		g.finishByChanges("GROUP", group)
	}
	g.ok(g.outlast("PATCH", path(group), body))
	if got := g.edges(group); got != len(users) {
		g.Errorf("%d members, want %d", got, len(users))
	}
}

// edges counts the members of a group past the functions.
func (g *groups) edges(group string) int {
	g.Helper()
	items, _, err := g.db.Query(g.Context(), table.Query{PK: inTenant + "MEMBERS#" + group})
	if err != nil {
		g.Fatal(err)
	}
	return len(items)
}

// A group with many members is deleted at once; and again with a crash, behind
// which the client repeats the request; and again, and changes does the rest.
func testDeleteGroup(g *groups, users []string) {
	for _, ending := range endings {
		group := g.seedGroup(users...)
		g.erase(groupsFunction, "GROUP", group, ending)
		if left := g.edges(group); left != 0 {
			g.Errorf("%s: %d edges are left", ending, left)
		}
	}
}

// A user with many memberships, as above.
func testDeleteUser(g *groups, memberships int) {
	groups := g.seedGroups(memberships)
	for _, ending := range endings {
		user := g.seedUsers(1)
		g.seedMembers(groups, user)
		g.erase(usersFunction, "USER", user[0], ending)
		left, _, err := g.db.Query(g.Context(), table.Query{PK: inTenant + "MEMBEROF#" + user[0][:1]}.Prefixed(user[0]))
		if err != nil || len(left) != 0 {
			g.Errorf("%s: %d edges are left, error %v", ending, len(left), err)
		}
	}
}

// endings are the ways in which a deletion comes to its end.
var endings = []string{"undisturbed", "the client repeats", "changes"}

// erase deletes a resource. From the first request on nobody finds it.
func (g *groups) erase(function, kind, id, ending string) {
	g.Helper()
	path := map[string]string{"USER": "/Users/", "GROUP": "/Groups/"}[kind] + id
	if ending != endings[0] {
		g.lay(function, 6, false)
		a := g.Send("DELETE", path, "")
		if touched := g.lift(); !touched || a.Status < 500 {
			g.Fatalf("%s: killed %v, status %d", ending, touched, a.Status)
		}
		g.Want(404, "GET", path, "")
	}
	busy := g.busy.Load()
	if ending == "changes" {
		g.finishByChanges(kind, id)
	} else if a := g.outlast("DELETE", path, ""); a.Status != 204 &&
		(a.Status != 404 || ending == endings[0] && g.busy.Load() == busy) {
		g.Errorf("%s: %d %s", ending, a.Status, a.Body.JSON()) // 404 says that an earlier request has deleted it
	}
	g.Want(404, "GET", path, "")
	item, err := g.db.Get(g.Context(), table.Key{PK: inTenant + kind, SK: id})
	if err != nil || item != nil {
		g.Errorf("%s: the item is left, error %v", ending, err)
	}
}
