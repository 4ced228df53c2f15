package verify

import (
	"fmt"
	"strings"

	"scimserver/shared/table"
)

// edge is a membership, read from either of its two items.
type edge struct{ member, group resource }

// addForward notes an item of a group's members: U#<id> or G#<id>.
func (s *state) addForward(tenant, id, sk string) {
	letter, member, _ := strings.Cut(sk, "#")
	k, ok := kindOf(letter)
	if !ok {
		s.problem("group %s has a member of unknown kind: %s", id, sk)
		return
	}
	s.forward[edge{resource{tenant, k, member}, resource{tenant, group, id}}] = true
}

// addReverse notes an item of a member's groups: <member>#<group>, in the
// partition of the member's first character.
func (s *state) addReverse(tenant, shard, sk string, item table.Item) {
	member, id, _ := strings.Cut(sk, "#")
	k, ok := kindOf(item.Text("kind"))
	switch {
	case !ok:
		s.problem("a member of group %s has no kind: %s", id, member)
	case member == "" || shard != member[:1]:
		s.problem("the reverse edge of %s in group %s is in the wrong partition", member, id)
	case item.Text("of") != string(group):
		s.problem("the reverse edge of %s in group %s does not name the kind of its group", member, id)
	default:
		s.reverse[edge{resource{tenant, k, member}, resource{tenant, group, id}}] = true
	}
}

func kindOf(letter string) (k kind, ok bool) {
	switch letter {
	case "U":
		return user, true
	case "G":
		return group, true
	}
	return "", false
}

// checkEdges demands that each edge has its counterpart in the other direction, and that
// both ends exist.
func (s *state) checkEdges() {
	for e := range s.forward {
		if !s.reverse[e] && !s.mayBeDeleting(e.group) {
			s.problem("%s is a member of %s, but not in the reverse direction", e.member, e.group)
		}
		s.checkEnds(e)
	}
	for e := range s.reverse {
		if !s.forward[e] {
			s.problem("%s leads to %s, which does not have it as a member", e.member, e.group)
			s.checkEnds(e)
		}
	}
}

// checkEnds demands that both ends exist and are not being deleted. The deletion of a
// group removes the reverse edges first, so the deletion of a member does not wait for
// such a group.
func (s *state) checkEnds(e edge) {
	for _, end := range []resource{e.member, e.group} {
		if _, exists := s.resources[end]; !exists && end == e.member && s.mayBeDeleting(e.group) && !s.reverse[e] {
			continue
		}
		s.checkStays(end, fmt.Sprintf("the membership of %s in %s", e.member, e.group))
	}
}

// checkStays demands that a resource exists and is not being deleted. need says what
// requires it.
func (s *state) checkStays(r resource, need string) {
	switch mark, exists := s.resources[r]; {
	case !exists:
		s.problem("%s: %s does not exist", need, r)
	case mark.deleting && !s.unfinished:
		s.problem("%s: %s is being deleted", need, r)
	}
}

// mayBeDeleting reports whether a resource is being deleted and the options allow that.
func (s *state) mayBeDeleting(r resource) bool { return s.unfinished && s.resources[r].deleting }
