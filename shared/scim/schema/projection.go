package schema

import (
	"strings"

	"scimserver/shared/scim"
)

// Selection says which attributes a client wants to get (RFC 7644 section 3.9). Each string
// is one name, or several separated by commas.
type Selection struct {
	Attributes []string
	Excluded   []string
	// Sent are the attributes in the client's own request body, see ResourceType.Sent:
	// those with returned=request are returned to the client that sent them (RFC 7643
	// section 7).
	Sent []Named
}

// Projection removes from representations of one resource type the attributes that are not
// to be returned. It is safe for concurrent use.
type Projection struct{ root *node }

// Project makes the projection of a selection. It ignores names that the type does not
// have. The error is an *scim.Error.
func (t *ResourceType) Project(s Selection) (*Projection, error) {
	only, excluded := nameList(s.Attributes), nameList(s.Excluded)
	if len(only) > 0 && len(excluded) > 0 {
		return nil, scim.InvalidValue("attributes and excludedAttributes are mutually exclusive; send one of them")
	}
	p := &projector{
		t: t, inclusive: len(only) > 0, attributes: map[*Attribute]bool{}, subNamed: map[*Attribute]bool{},
		extensions: map[*Schema]bool{}, sent: map[*Attribute]bool{},
	}
	for _, name := range append(only, excluded...) {
		p.addName(name)
	}
	for _, sent := range s.Sent {
		if leaf := sent.Leaf(); leaf != nil {
			p.sent[leaf], p.sent[sent.Attr] = true, true
		}
	}
	return &Projection{p.root()}, nil
}

// Apply returns the part of a representation that the projection keeps.
func (p *Projection) Apply(v scim.Value) scim.Value { return p.root.apply(v) }

// Keeps reports whether the projection keeps anything of a core attribute; otherwise the
// attribute need not be read. name must have the spelling of the schema.
func (p *Projection) Keeps(name string) bool {
	child, ruled := p.root.rule(name)
	return ruled && child != nil || !ruled && p.root.keepRest
}

// nameList splits lists at commas.
func nameList(lists []string) []string {
	var names []string
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// projector decides which attributes a projection keeps.
type projector struct {
	t          *ResourceType
	inclusive  bool                // the names say what to keep, not what to leave out
	attributes map[*Attribute]bool // named
	subNamed   map[*Attribute]bool // a sub-attribute is named
	extensions map[*Schema]bool    // named as a whole
	sent       map[*Attribute]bool
}

func (p *projector) addName(name string) {
	n, ok := p.t.ResolveName(name)
	switch {
	case !ok:
	case n.Attr == nil:
		p.extensions[n.Extension] = true
	case n.Sub == nil:
		p.attributes[n.Attr] = true
	default:
		p.attributes[n.Sub], p.subNamed[n.Attr] = true, true
	}
}

// keeps reports whether an attribute is returned. named says that the selection names the complex attribute or the
// extension that contains it.
func (p *projector) keeps(a *Attribute, named bool) bool {
	switch {
	case a.Secret():
		return false
	case a.Returned == Always:
		return true
	case p.inclusive:
		return p.attributes[a] || p.subNamed[a] || named && a.Returned == Default
	case named || p.attributes[a]:
		return false
	}
	return a.Returned == Default || p.sent[a]
}

func (p *projector) root() *node {
	n := &node{keepRest: !p.inclusive, hides: p.t.isHidden}
	for _, a := range p.t.common.list {
		n.add(a.Name, p.attribute(a, false))
	}
	for _, a := range p.t.Core.Attributes.list {
		if p.t.common.Find(a.Name) == nil {
			n.add(a.Name, p.attribute(a, false))
		}
	}
	for _, ext := range p.t.Extensions {
		inner := p.set(ext.Schema.Attributes, p.extensions[ext.Schema])
		if inner != nil && ext.added {
			inner.hides = func(name string) bool { return ext.Schema.Attributes.Find(name) == nil }
		}
		n.add(ext.Schema.ID, inner)
	}
	return n
}

func (p *projector) attribute(a *Attribute, named bool) *node {
	if !p.keeps(a, named) {
		return nil
	}
	if len(a.Sub.list) == 0 {
		return &node{keepRest: true}
	}
	return p.set(a.Sub, p.inclusive && (p.attributes[a] || !p.subNamed[a]))
}

// set makes the node of a complex attribute or an extension.
func (p *projector) set(set Attributes, named bool) *node {
	n := &node{keepRest: !p.inclusive}
	kept := false
	for _, a := range set.list {
		child := p.attribute(a, named)
		kept = kept || child != nil
		n.add(a.Name, child)
	}
	if !kept {
		return nil
	}
	return n
}

// Sent returns the attributes with returned=request that a document has, for Selection.
// Names may be in any case.
func (t *ResourceType) Sent(doc scim.Value) []Named {
	var sent []Named
	for _, n := range t.onRequest {
		holder := doc
		if n.Extension != nil {
			holder = doc.Find(n.Extension.ID)
		}
		v := holder.Find(n.Attr.Name)
		if n.Sub == nil && !v.IsEmpty() || n.Sub != nil && holds(v, n.Sub.Name) {
			sent = append(sent, n)
		}
	}
	return sent
}

// holds reports whether a complex value, or an element of an array, has that member.
func holds(v scim.Value, name string) bool {
	for _, item := range v.Items() {
		if holds(item, name) {
			return true
		}
	}
	return !v.Find(name).IsEmpty()
}
