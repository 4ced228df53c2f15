package schema

import (
	"slices"

	"scimserver/shared/scim"
)

// node says which members are kept of an object, or of each object in an array.
type node struct {
	keepRest bool // keep members without a rule
	rules    []rule
	hides    func(name string) bool // says which members without a rule to drop although keepRest is set; nil: none
}

// rule says what is kept of one member. If node is nil, the member is dropped.
type rule struct {
	name string
	node *node
}

// add adds a rule for a member, unless it would say the same as keepRest.
func (n *node) add(name string, child *node) {
	if n.keepRest && child != nil && child.keepsAll() || !n.keepRest && child == nil {
		return
	}
	n.rules = append(n.rules, rule{name, child})
}

func (n *node) keepsAll() bool { return n.keepRest && len(n.rules) == 0 && n.hides == nil }

func (n *node) apply(v scim.Value) scim.Value {
	switch {
	case n.keepsAll():
		return v
	case v.Kind() == scim.Object:
		return n.object(v)
	case v.Kind() == scim.Array:
		items := make([]scim.Value, 0, len(v.Items()))
		for _, item := range v.Items() {
			if kept := n.apply(item); !kept.IsEmpty() {
				items = append(items, kept)
			}
		}
		return scim.List(items...)
	}
	return v
}

func (n *node) object(v scim.Value) scim.Value {
	if !n.changes(v) {
		return v
	}
	members := make([]scim.Member, 0, len(v.Members()))
	for _, m := range v.Members() {
		child, ruled := n.rule(m.Name)
		switch {
		case ruled && child == nil, !ruled && (!n.keepRest || n.isHidden(m.Name)):
			continue
		case ruled:
			m.Value = child.apply(m.Value)
		}
		if n.hides != nil && m.Name == "schemas" {
			m.Value = withoutHidden(m.Value, n.hides)
		}
		if !m.Value.IsEmpty() {
			members = append(members, m)
		}
	}
	return scim.Map(members...)
}

// changes reports whether the node may drop anything of an object.
func (n *node) changes(v scim.Value) bool {
	if !n.keepRest {
		return true
	}
	for _, r := range n.rules {
		if v.Get(r.name).Kind() != scim.Null {
			return true
		}
	}
	return n.hides != nil && slices.ContainsFunc(v.Members(), func(m scim.Member) bool { return n.hides(m.Name) })
}

func (n *node) isHidden(name string) bool { return n.hides != nil && n.hides(name) }

func (n *node) rule(name string) (child *node, ruled bool) {
	for _, r := range n.rules {
		if r.name == name {
			return r.node, true
		}
	}
	return nil, false
}
