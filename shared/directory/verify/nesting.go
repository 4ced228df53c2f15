package verify

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"scimserver/shared/table"
)

// maxDepth is the most groups that may contain each other in a row.
const maxDepth = 10

// nesting measures how deep the groups below each group of a tenant go. It is the one
// check that keeps all its facts in memory: the groups of one tenant that contain groups.
type nesting struct {
	tenant string
	within map[string][]string // group -> groups that are its members
	depth  map[string]int      // 0 while it is being measured, and for good where the way leads to a circle
}

// matchNesting looks for groups that contain themselves or are nested too deep.
func (m *matcher) matchNesting(tenant string, texts iter.Seq[string]) {
	n := nesting{tenant: tenant, within: map[string][]string{}, depth: map[string]int{}}
	for text := range texts {
		p := split(text, 2)
		n.within[p[0]] = append(n.within[p[0]], p[1])
	}
	met := map[string]bool{}
	for _, g := range n.roots() {
		depth, circle := n.measure(g)
		switch {
		case circle:
			if ring := n.ring(g); !met[slices.Min(ring)] {
				met[slices.Min(ring)] = true
				m.check(nestingSubject{tenant, ring, CircularGroups})
			}
		case depth > maxDepth:
			m.check(nestingSubject{tenant, n.row(g), DeepGroups})
		}
	}
}

// roots are the groups that contain groups, in an order that is always the same.
func (n *nesting) roots() []string {
	all := make([]string, 0, len(n.within))
	for g := range n.within {
		all = append(all, g)
	}
	slices.Sort(all)
	return all
}

// measure counts the groups in the longest row from g downward, and reports
// whether the way meets a group twice.
func (n *nesting) measure(g string) (depth int, circle bool) {
	if depth, met := n.depth[g]; met {
		return depth, depth == 0
	}
	n.depth[g] = 0
	for _, inner := range n.within[g] {
		below, round := n.measure(inner)
		if round {
			return 0, true // g stays at 0: whatever leads to it leads to the circle
		}
		depth = max(depth, below)
	}
	n.depth[g] = depth + 1
	return depth + 1, false
}

// ring is the circle that g leads to, its first group also at the end.
func (n *nesting) ring(g string) []string {
	var path []string
	leadsOn := func(inner string) bool { _, circle := n.measure(inner); return circle }
	for !slices.Contains(path, g) {
		path = append(path, g)
		g = n.within[g][slices.IndexFunc(n.within[g], leadsOn)]
	}
	return append(path[slices.Index(path, g):], g)
}

// row is the beginning of the longest row from g downward, one group more than may be.
func (n *nesting) row(g string) []string {
	path := []string{g}
	for len(path) <= maxDepth {
		g = slices.MaxFunc(n.within[g], func(a, b string) int { return n.depth[a] - n.depth[b] })
		path = append(path, g)
	}
	return path
}

// nestingSubject is a row of groups, each a member of the one before.
type nestingSubject struct {
	tenant string
	row    []string
	kind   Kind
}

// check reads all memberships of the row in one snapshot. A row of more than that is read
// in parts.
func (s nestingSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	var keys []table.Key
	for i := range len(s.row) - 1 {
		m := membership{resource{s.tenant, group, s.row[i+1]}, resource{s.tenant, group, s.row[i]}}
		keys = append(keys, m.forward())
	}
	for some := range slices.Chunk(keys, table.MaxSnapshot) {
		found, err := c.read(ctx, some...)
		if err != nil || len(found) < len(some) {
			return nil, err
		}
	}
	f := Finding{Kind: s.kind, Tenant: s.tenant, Advice: nestingAdvice}
	if s.kind == CircularGroups {
		f.Text = fmt.Sprintf("group %s contains itself, by way of %s", s.row[0], strings.Join(s.row[1:], ", "))
	} else {
		f.Text = fmt.Sprintf("more than %d groups contain each other in a row: %s", maxDepth, strings.Join(s.row, ", "))
	}
	return []Finding{f}, nil
}
