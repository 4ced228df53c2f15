package verify

// maxDepth is the most levels of nested groups.
const maxDepth = 10

// nesting measures how deep the groups below each group go.
type nesting struct {
	within map[resource][]resource // group -> groups that are its members
	depth  map[resource]int        // 0 while it is being measured
}

// checkNesting demands that no group contains itself and that no group is nested too deep.
func (s *state) checkNesting() {
	n := nesting{within: map[resource][]resource{}, depth: map[resource]int{}}
	for e := range s.forward {
		if e.member.kind == group {
			n.within[e.group] = append(n.within[e.group], e.member)
		}
	}
	for g := range n.within {
		depth, circle := n.measure(g)
		if circle {
			s.problem("%s contains itself, or a group that does", g)
		} else if depth > maxDepth {
			s.problem("%s has %d groups in a row, itself among them", g, depth)
		}
	}
}

// measure counts the groups on the longest path from g downward, and reports whether the
// path meets a group twice.
func (n *nesting) measure(g resource) (depth int, circle bool) {
	if depth, met := n.depth[g]; met {
		return depth, depth == 0
	}
	n.depth[g] = 0
	for _, inner := range n.within[g] {
		below, round := n.measure(inner)
		if round {
			return 0, true // g stays at 0: each group above it leads to the cycle
		}
		depth = max(depth, below)
	}
	n.depth[g] = depth + 1
	return depth + 1, false
}
