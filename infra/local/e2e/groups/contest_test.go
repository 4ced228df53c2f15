package groups_test

import (
	"math/rand/v2"
	"slices"
	"sync"

	"scimserver/shared/scim"
)

// contest runs operations on one group in parallel and judges what comes out.
type contest struct {
	*groups
	users []string // bit i of a set is users[i]
	group string
	name  string // of the group
	start set
}

// newContest makes a group of some of the users.
func (g *groups) newContest(users []string, start set) *contest {
	g.Helper()
	c := &contest{groups: g, users: users, start: start}
	c.group = g.seedGroup(c.ids(start)...)
	doc, err := scim.ParseJSON([]byte(g.stored(c.group).Text("doc")))
	if err != nil {
		g.Fatal(err)
	}
	c.name = doc.Get("displayName").Text()
	return c
}

func (c *contest) ids(s set) (ids []string) {
	for i, id := range c.users {
		if s>>i&1 == 1 {
			ids = append(ids, id)
		}
	}
	return ids
}

// set is the set of some ids, which must all be users of the contest.
func (c *contest) set(ids []string) (s set) {
	c.Helper()
	for _, id := range ids {
		i := slices.Index(c.users, id)
		if i < 0 || s>>i&1 == 1 {
			c.Errorf("member %s is unknown, or listed twice", id)
			continue
		}
		s |= 1 << i
	}
	return s
}

// request is the operation as HTTP has it.
func (c *contest) request(o operation) (method, path, body string) {
	if o.verb == "put" {
		return "PUT", "/Groups/" + c.group, groupBody(c.name, c.ids(o.of)...)
	}
	return "PATCH", "/Groups/" + c.group, edit(o.verb, c.ids(o.of)...)
}

// try carries out an operation. It is not repeated, which would be a second
// operation. refused: it must have had no effect.
func (c *contest) try(o operation) (out outcome, refused bool) {
	c.Helper()
	a := c.Send(c.request(o))
	out = outcome{operation: o, maybe: a.Status == 503}
	switch a.Status {
	case 409: // others were always faster
		return out, true
	case 503:
		c.busy.Add(1)
	case 200:
		if shown := a.Body.Get("members"); shown.Kind() == scim.Array {
			out.shown, out.seen = true, c.set(memberIDs(a.Body))
		}
	case 204:
	default:
		c.Errorf("%s: %d %s", o, a.Status, a.Body.JSON())
	}
	return out, false
}

// run carries out the operations at the same time, waits for what is left under
// way, and demands that some order of them explains the result.
func (c *contest) run(operations ...operation) {
	c.Helper()
	outcomes, refused := make([]outcome, len(operations)), make([]bool, len(operations))
	var wg sync.WaitGroup
	for i, o := range operations {
		wg.Go(func() { outcomes[i], refused[i] = c.try(o) })
	}
	wg.Wait()
	done := outcomes[:0]
	for i, o := range outcomes {
		if !refused[i] {
			done = append(done, o)
		}
	}
	c.judge(done)
}

func (c *contest) judge(done []outcome) {
	c.Helper()
	if slices.ContainsFunc(done, func(o outcome) bool { return o.maybe }) {
		c.finishByChanges("GROUP", c.group)
	}
	if final := c.set(c.members(c.group)); !serial(c.start, final, done) {
		c.Errorf("from %b to %b by no order of %v", c.start, final, done)
	}
}

// memberIDs reads the members of a group that an answer shows.
func memberIDs(group scim.Value) (ids []string) {
	for _, m := range group.Get("members").Items() {
		ids = append(ids, m.Get("value").Text())
	}
	slices.Sort(ids)
	return ids
}

// drawn is a random operation on some of n users.
func drawn(r *rand.Rand, n int) operation {
	verbs := []string{"add", "add", "remove", "remove", "replace", "put"}
	return operation{verbs[r.IntN(len(verbs))], some(r, n)}
}

// some is a random set of n users, not empty.
func some(r *rand.Rand, n int) set { return set(1 + r.IntN(1<<n-1)) }

// Adds, removes and replaces of a few members at once, by PATCH and PUT.
func testContests(rounds int) func(*groups) {
	return func(g *groups) {
		const users = 5
		all := g.seedUsers(users)
		for round := range rounds {
			r := rand.New(rand.NewPCG(*seed, uint64(round)))
			operations := []operation{{"replace", some(r, users)}, {"put", some(r, users)}}[round%2:]
			for len(operations) < 5 {
				operations = append(operations, drawn(r, users))
			}
			g.newContest(all, some(r, users)).run(operations...)
		}
	}
}

// Two changes at once of which each takes several steps: of all kinds, and
// with a small one beside them.
func testLargeContests(rounds int) func(*groups) {
	return func(g *groups) {
		all := g.seedUsers(12)
		const low, high, middle set = 0b000000111111, 0b111111000000, 0b000111111000
		for round := range rounds {
			for _, operations := range [][]operation{
				{{"replace", low}, {"replace", high}},
				{{"add", low | high}, {"remove", middle}},
				{{"put", middle}, {"add", high}},
				{{"put", low}, {"remove", middle}, {"add", 1 << 11}},
			} {
				r := rand.New(rand.NewPCG(*seed, uint64(round)))
				g.newContest(all, some(r, 12)).run(operations...)
			}
		}
	}
}
