package groups_test

import (
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/testkit"
)

// seed makes what is random about the tests of groups.
var seed = flag.Uint64("seed", 1, "of the random choices in the tests of groups")

// Races of small changes, through several processes of the functions.
func TestGroupRaces(t *testing.T) {
	e2e.ProcessesOnly(t)
	t.Parallel()
	g := newGroups(t, stack.Options{MaxProcesses: 12})
	g.races(t, "parallel adds", testParallelAdds)
	g.races(t, "adds, removes and replaces", testContests(testkit.Size(10, 2)))
	g.races(t, "circle", testCircle)
	g.races(t, "ring", testRing)
	g.races(t, "deletes and adds", testDeletesAndAdds)
	if n := len(g.Stack.Pids(groupsFunction)); n < 2 {
		t.Errorf("%d process served all requests", n)
	}
}

// PATCHes in parallel, each adding one member to the same group.
func testParallelAdds(g *groups) {
	n := testkit.Size(50, 16)
	users, group := g.seedUsers(n), g.create()
	var wg sync.WaitGroup
	for _, user := range users {
		wg.Go(func() { g.ok(g.persist("PATCH", path(group), edit("add", user))) })
	}
	wg.Wait()
	slices.Sort(users)
	if got := g.members(group); !slices.Equal(got, users) {
		g.Errorf("%d members, want %d", len(got), n)
	}
}

// Two requests that would each close a circle of two groups.
func testCircle(g *groups) {
	for range testkit.Size(5, 2) {
		testCircleOf(g, 2)
	}
}

// Three requests of which each puts a group of a ring into the next.
func testRing(g *groups) {
	for range testkit.Size(5, 2) {
		testCircleOf(g, 3)
	}
}

// testCircleOf puts each of n groups into the one before it, all at once. Exactly
// one must be refused.
func testCircleOf(g *groups, n int) {
	g.Helper()
	ring := g.seedGroups(n)
	statuses := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			a := g.persist("PATCH", path(ring[i]), edit("add", ring[(i+1)%n]))
			if statuses[i] = a.Status; a.Status == 400 && a.Body.Get("detail").Text() == "" {
				g.Errorf("a refusal without a reason: %s", a.Body.JSON())
			}
		})
	}
	wg.Wait()
	refused := 0
	for i, status := range statuses {
		inner := g.members(ring[i])
		switch {
		case status == 400:
			if refused++; len(inner) != 0 {
				g.Errorf("a refused group has members %v", inner)
			}
		case status != 200 && status != 204:
			g.Errorf("status %d", status)
		case !slices.Equal(inner, []string{ring[(i+1)%n]}):
			g.Errorf("members %v of a group that was changed", inner)
		}
	}
	if refused != 1 {
		g.Errorf("statuses %v, want one 400", statuses)
	}
}

// Users and groups are deleted while they become members, and while members are
// added to them.
func testDeletesAndAdds(g *groups) {
	users, groups := g.seedUsers(12), g.seedGroups(6)
	doomedUsers, doomedGroups := users[:6], groups[:3]
	g.seedMembers(groups[:2], users[4:8])
	var wg sync.WaitGroup
	for i, user := range users {
		for _, group := range groups {
			wg.Go(func() { g.tolerant("PATCH", path(group), edit("add", user)) })
		}
		wg.Go(func() { g.tolerant("PATCH", path(groups[i%6]), edit("add", groups[(i+1)%6])) })
	}
	for _, user := range doomedUsers {
		wg.Go(func() { g.tolerant("DELETE", "/Users/"+user, "") })
	}
	for _, group := range doomedGroups {
		wg.Go(func() { g.tolerant("DELETE", path(group), "") })
	}
	wg.Wait()
	testNoneLeft(g, doomedUsers, doomedGroups, groups[3:])
}

// testNoneLeft demands that what was deleted is gone, and that the groups which
// stay do not list it.
func testNoneLeft(g *groups, users, gone, stay []string) {
	g.Helper()
	for _, user := range users {
		g.Want(404, "GET", "/Users/"+user, "")
	}
	for _, group := range gone {
		g.Want(404, "GET", path(group), "")
	}
	for _, group := range stay {
		for _, id := range g.members(group) {
			if slices.Contains(users, id) || slices.Contains(gone, id) {
				g.Errorf("group %s lists %s, which is deleted", group, id)
			}
		}
	}
}

// tolerant sends a request that may come too late: what it is about is gone, or
// would close a circle.
func (g *groups) tolerant(method, path, body string) {
	g.Helper()
	switch a := g.persist(method, path, body); a.Status {
	case 200, 204, 400, 404:
	default:
		g.Errorf("%s %s: %d %s", method, path, a.Status, fmt.Sprintf("%.200s", a.Body.JSON()))
	}
}
