package verify

import (
	"iter"
	"slices"
	"strings"

	"scimserver/shared/table"
)

// membership is the membership of a user or group in a group, or of a person in a team.
type membership struct{ member, of resource }

// forward emits an item of the list of a group's members: U#<id> or G#<id>.
func (r *reader) forward(tenant, id, sk string) {
	letter, member, _ := strings.Cut(sk, "#")
	k, ok := kindOf(letter)
	if !ok {
		r.direct(badEdge(tenant, "group "+id+" has a member of an unknown kind: "+sk))
		return
	}
	r.counts.Members++
	r.emit(fact{edgeCheck + parts(tenant, id, letter+"#"+member), forwardFact})
	r.emit(fact{idCheck + member, memberFact + parts(tenant, string(k), id)})
	if k == group {
		r.emit(fact{nestCheck + tenant, parts(id, member)})
	}
}

// reverse emits an item of the list of a member's groups: <member>#<group>, in the partition
// of the member's first character.
func (r *reader) reverse(tenant, shard, sk string, item table.Item) {
	member, id, _ := strings.Cut(sk, "#")
	_, ok := kindOf(item.Text("kind"))
	switch {
	case !ok:
		r.direct(badEdge(tenant, "the membership of "+member+" in group "+id+" lacks the kind of the member"))
	case member == "" || shard != member[:1]:
		r.direct(badEdge(tenant, "the membership of "+member+" in group "+id+" is in the wrong partition"))
	case item.Text("of") != string(group):
		r.direct(badEdge(tenant, "the membership of "+member+" in group "+id+" lacks the attribute of=GROUP"))
	default:
		r.emit(fact{edgeCheck + parts(tenant, id, item.Text("kind")+"#"+member), reverseFact})
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

func (r *reader) teamMember(tenant, id, person string) {
	r.emit(fact{teamCheck + parts(tenant, id, person), forwardFact})
	r.emit(fact{idCheck + person, personFact + parts(tenant, id)})
}

// step emits a step of a change that is too large for one transaction.
func (r *reader) step(of resource, sk string, item table.Item) {
	change, _, _ := strings.Cut(sk, "#")
	expires := "expires"
	if item.Int("expires") == 0 {
		expires = ""
	}
	r.emit(fact{idCheck + of.id, stepFact + parts(of.tenant, change, expires, sk)})
}

// matchEdge compares the two items of a membership. The group's own fact comes before the
// facts of its members.
func (m *matcher) matchEdge(key string, texts iter.Seq[string]) {
	p := split(key, 3)
	of := resource{p[0], group, p[1]}
	if p[2] == "" {
		m.present = of
		return
	}
	letter, id, _ := strings.Cut(p[2], "#")
	k, _ := kindOf(letter)
	if !isWhole(texts) || m.present != of {
		m.check(edgeSubject{membership{resource{p[0], k, id}, of}})
	}
}

// isWhole reports whether both items of a membership exist.
func isWhole(texts iter.Seq[string]) bool {
	var forward, reverse bool
	for text := range texts {
		forward, reverse = forward || text == forwardFact, reverse || text == reverseFact
	}
	return forward && reverse
}

func (m *matcher) matchTeam(key string, texts iter.Seq[string]) {
	p := split(key, 3)
	of := resource{p[0], team, p[1]}
	if p[2] == "" {
		m.present = of
		return
	}
	if !isWhole(texts) || m.present != of {
		m.check(teamSubject{of, p[2]})
	}
}

// matchID compares a resource with the facts that need it. The resource's own fact comes
// first. There may be two, because an account that becomes a user keeps its id.
func (m *matcher) matchID(id string, texts iter.Seq[string]) {
	var own []ownItem
	for text := range texts {
		p := split(text[1:], 4)
		switch text[:1] {
		case ownFact:
			one := ownItem{resource{p[0], kind(p[1]), id}, p[2], p[3] != ""}
			own = append(own, one)
			m.mark(one)
		case memberFact:
			member := resource{p[0], kind(p[1]), id}
			if !slices.ContainsFunc(own, func(one ownItem) bool { return one.resource == member }) {
				m.check(edgeSubject{membership{member, resource{p[0], group, p[2]}}})
			}
		case personFact:
			if !slices.ContainsFunc(own, func(one ownItem) bool { return one.teams }) {
				m.check(teamSubject{resource{p[0], team, p[1]}, id})
			}
		case stepFact:
			m.step(own, resource{p[0], group, id}, p[1], p[2] != "", p[3])
		}
	}
}

// ownItem is the item of a resource.
type ownItem struct {
	resource
	marks string // see marks
	teams bool   // a person's item has the mark of team members
}

// mark counts unfinished work, and checks it.
func (m *matcher) mark(own ownItem) {
	if own.marks == "" {
		return
	}
	m.report.Unfinished++
	m.check(markSubject{own.resource})
}

// step counts a step that no group names, because its change was never committed. Such a
// step must expire.
func (m *matcher) step(own []ownItem, of resource, change string, expires bool, sk string) {
	for _, one := range own {
		if one.resource == of && one.marks == change {
			return
		}
	}
	m.report.Abandoned++
	if !expires {
		m.check(stepSubject{of, sk})
	}
}
