package groups_test

import (
	"testing"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/testkit"
)

// Changes of several steps, of two members each: at the same time, and killed at the
// calls of DynamoDB that they make. Without -long these are every second call: the odd
// ones on the engine as it is, the even ones with item locks.
func TestGroupSteps(t *testing.T) {
	e2e.ProcessesOnly(t)
	t.Parallel()
	g := newGroups(t, stack.Options{Parameters: map[string]string{"MembersPerTransaction": "2"}})
	g.races(t, "large changes", testLargeContests(testkit.Size(2, 1)))
	g.races(t, "small and large changes", testContests(testkit.Size(6, 2)))
	all := g.seedUsers(9)
	large := set(testkit.Size(0b011111100, 0b000111100)) // with steps of two members, each takes several
	g.races(t, "killed before a call", func(g *groups) { g.crashes(all, operation{"add", large}, false) })
	g.races(t, "killed behind a call", func(g *groups) { g.crashes(all, operation{"replace", large}, true) })
	g.races(t, "small add behind a kill", func(g *groups) { testSmallAdd(g, all) })
}

// crashes kills the function at one call after the other, until the request survives.
func (g *groups) crashes(users []string, o operation, after bool) {
	g.Helper()
	committed, visits, n, step := 0, 0, 1, testkit.Size(1, 2)
	if g.faults.locks.Load() {
		n = step
	}
	for ; n < 60; n += step {
		c := &crash{contest: g.newContest(users, 0b11), large: o}
		if !c.strike(n, after) {
			break
		}
		if c.committed {
			committed++
		}
		visits++
		c.next(visits)
		if g.Failed() {
			g.Fatalf("behind the kill at call %d, after=%v", n, after)
		}
	}
	g.Logf("killed at %d calls, %d of them behind the commit", visits, committed)
	if n < 6 || committed*step < 3 {
		g.Error("fewer than the steps, the commit and its end")
	}
}

// crash is a large change of a group that begins as the set 0b11.
type crash struct {
	*contest
	large     operation
	committed bool
}

// strike sends the large change and kills the function at its n-th call. It
// reports whether that happened before the answer.
func (c *crash) strike(n int, after bool) bool {
	c.Helper()
	before := c.stored(c.group)
	c.lay(groupsFunction, n, after)
	a := c.Send(c.request(c.large))
	touched := c.lift()
	now := c.stored(c.group)
	c.committed = now.Text("pending") != "" || now.Int("version") != before.Int("version")
	switch {
	case touched && a.Status >= 500:
	case !touched && a.Status/100 == 2:
		c.wants(c.large.apply(c.start))
	default:
		c.Errorf("killed: %v, status %d %s", touched, a.Status, a.Body.JSON())
	}
	return touched
}

// now is the set that must stand: the change is whole once it is committed, else
// absent.
func (c *crash) now() set {
	if c.committed {
		return c.large.apply(c.start)
	}
	return c.start
}

// wants compares the members, as the API shows them.
func (c *contest) wants(s set) {
	c.Helper()
	if got := c.set(memberIDs(c.outlast("GET", path(c.group), "").Body)); got != s {
		c.Errorf("members %09b, want %09b", got, s)
	}
}

// next lets someone come by: a reader, a writer, function changes, or the client again.
func (c *crash) next(visit int) {
	c.Helper()
	switch visit % 4 {
	case 0: // a reader, behind whom changes finishes
		c.wants(c.now())
		c.finishByChanges("GROUP", c.group)
		c.wants(c.now())
	case 1: // another writer
		last := operation{"add", 1 << 8}
		c.ok(c.outlast(c.request(last)))
		c.wants(last.apply(c.now()))
	case 2: // nobody
		c.finishByChanges("GROUP", c.group)
		c.wants(c.now())
	case 3: // the client, again
		c.ok(c.outlast(c.request(c.large)))
		c.wants(c.large.apply(c.start))
	}
	if c.unfinished() != 0 {
		c.Error("something is unfinished still")
	}
}

// A small add while a large change is unfinished finishes that first.
func testSmallAdd(g *groups, users []string) {
	found := 0
	for n := 1; n < 60; n += testkit.Size(1, 3) {
		c := &crash{contest: g.newContest(users, 0b11), large: operation{"put", 0b001111110}}
		if !c.strike(n, n%2 == 0) {
			break
		}
		if c.stored(c.group).Text("pending") == "" {
			continue
		}
		found++
		small := operation{"add", 1 << 8}
		c.ok(c.outlast(c.request(small)))
		if c.stored(c.group).Text("pending") != "" {
			c.Error("the large change is unfinished still")
		}
		c.wants(small.apply(c.large.apply(c.start)))
	}
	if found == 0 {
		g.Error("no kill left a large change unfinished")
	}
}
