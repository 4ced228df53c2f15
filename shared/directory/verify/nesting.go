package verify

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"scimserver/shared/table"
)

// maxDepth is the maximum depth of nested groups.
const maxDepth = 10

// nesting measures how deep the groups of a tenant are nested. It is the only check that
// keeps all its facts in memory: the memberships of groups in groups, for one tenant.
type nesting struct {
	tenant string
	within map[string][]string // group to the groups that are its members
	depth  map[string]int      // 0 while it is being measured, and if the group leads to a cycle
}

// matchNesting looks for groups that contain themselves or are nested too deep.
func (m *matcher) matchNesting(tenant string, texts iter.Seq[string]) {
	n := nesting{tenant: tenant, within: map[string][]string{}, depth: map[string]int{}}
	for text := range texts {
		p := split(text, 2)
		n.within[p[0]] = append(n.within[p[0]], p[1])
	}
	reported := map[string]bool{}
	for _, g := range n.containers() {
		depth, cyclic := n.measure(g)
		switch {
		case cyclic:
			if cycle := n.cycle(g); !reported[slices.Min(cycle)] {
				reported[slices.Min(cycle)] = true
				m.check(nestingSubject{tenant, cycle, CircularGroups})
			}
		case depth > maxDepth:
			m.check(nestingSubject{tenant, n.path(g), DeepGroups})
		}
	}
}

// containers returns the groups that contain groups, sorted.
func (n *nesting) containers() []string {
	all := make([]string, 0, len(n.within))
	for g := range n.within {
		all = append(all, g)
	}
	slices.Sort(all)
	return all
}

// measure returns the length of the longest path from g downward, or reports that a path
// leads to a cycle.
func (n *nesting) measure(g string) (depth int, cyclic bool) {
	if depth, known := n.depth[g]; known {
		return depth, depth == 0
	}
	n.depth[g] = 0
	for _, inner := range n.within[g] {
		below, cyclic := n.measure(inner)
		if cyclic {
			return 0, true // the depth of g stays 0, because g leads to the cycle
		}
		depth = max(depth, below)
	}
	n.depth[g] = depth + 1
	return depth + 1, false
}

// cycle returns the cycle that g leads to. The first group is repeated at the end.
func (n *nesting) cycle(g string) []string {
	var path []string
	leadsToCycle := func(inner string) bool { _, cyclic := n.measure(inner); return cyclic }
	for !slices.Contains(path, g) {
		path = append(path, g)
		g = n.within[g][slices.IndexFunc(n.within[g], leadsToCycle)]
	}
	return append(path[slices.Index(path, g):], g)
}

// path returns the beginning of the longest path from g downward: its first maxDepth+1
// groups.
func (n *nesting) path(g string) []string {
	path := []string{g}
	for len(path) <= maxDepth {
		g = slices.MaxFunc(n.within[g], func(a, b string) int { return n.depth[a] - n.depth[b] })
		path = append(path, g)
	}
	return path
}

// nestingSubject is a path of groups, each a member of the one before.
type nestingSubject struct {
	tenant string
	path   []string
	kind   Kind
}

// check reads the memberships of the path in one snapshot, or in several if the path is too
// long for one.
func (s nestingSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	var keys []table.Key
	for i := range len(s.path) - 1 {
		m := membership{resource{s.tenant, group, s.path[i+1]}, resource{s.tenant, group, s.path[i]}}
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
		f.Text = fmt.Sprintf("group %s contains itself, through %s", s.path[0], strings.Join(s.path[1:], ", "))
	} else {
		f.Text = fmt.Sprintf("groups are nested more than %d levels deep: %s", maxDepth, strings.Join(s.path, ", "))
	}
	return []Finding{f}, nil
}
