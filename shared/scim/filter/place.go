package filter

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// scope says what the paths of a filter name.
type scope interface {
	// find reports false for an attribute that counts as absent.
	find(p Path) (place, bool, error)
}

// resourceScope is a whole resource.
type resourceScope struct {
	t *schema.ResourceType
	Options
}

func (s *resourceScope) find(p Path) (place, bool, error) {
	a, ok := Resolve(s.t, p)
	if !ok && s.UnknownIsAbsent {
		return place{}, false, nil
	}
	if !ok {
		return place{}, false, scim.InvalidFilter("a " + s.t.Name + " has no attribute " + p.String())
	}
	at := place{attr: a.Attr, sub: a.Sub}
	if a.Extension != nil {
		at.container = a.Extension.ID
	}
	return at, true, at.readable(p)
}

// elementScope is one value of an attribute.
type elementScope struct{ attr *schema.Attribute }

func (s *elementScope) find(p Path) (place, bool, error) {
	if p.URN == "" && p.Sub == "" {
		if sub := s.attr.Sub.Find(p.Attr); sub != nil {
			at := place{element: true, attr: s.attr, sub: sub}
			return at, true, at.readable(p)
		}
		if s.attr.Type != schema.Complex && scim.EqualName(p.Attr, "value") {
			return place{element: true, attr: s.attr}, true, nil
		}
	}
	return place{}, false, scim.InvalidFilter(s.attr.Name + " has no sub-attribute " + p.String())
}

// place is where the values of a path stand: in a resource, in the container of
// an extension, or in an element.
type place struct {
	container string            // URN of the extension
	element   bool              // what is matched is already a value of attr
	attr      *schema.Attribute // nil for the whole container
	sub       *schema.Attribute
}

// readable refuses what no client may read, and thus not guess by filters.
func (at place) readable(p Path) error {
	for _, a := range []*schema.Attribute{at.attr, at.sub} {
		if a != nil && a.Secret() {
			return scim.InvalidFilter(p.String() + " is never returned, so no filter may ask for it")
		}
	}
	return nil
}

// comparable moves on to the values that are compared: a multi-valued complex
// attribute stands for its value (RFC 7644 figure 2). Any other complex one
// cannot be compared.
func (at *place) comparable(p Path) error {
	if at.attr == nil {
		return scim.InvalidFilter(p.String() + " is a schema; compare one of its attributes")
	}
	if at.sub == nil && at.attr.Type == schema.Complex && at.attr.MultiValued {
		at.sub = at.attr.Sub.Find("value")
	}
	if leaf := at.leaf(); leaf.Type == schema.Complex {
		return scim.InvalidFilter(p.String() + " is complex; compare one of its sub-attributes, such as " +
			p.String() + "." + leaf.Sub.All()[0].Name)
	}
	return at.readable(p)
}

func (at place) leaf() *schema.Attribute { return Attribute{Attr: at.attr, Sub: at.sub}.Leaf() }

// any returns the test whether holds does so for any value at the place.
func (at place) any(holds test) test {
	if at.sub != nil {
		holds = ofSub(at.sub, holds)
	}
	if at.element {
		return holds
	}
	holds = anyOf(holds)
	if at.attr != nil {
		holds = member(at.attr.Name, holds)
	}
	if at.container != "" {
		holds = member(at.container, holds)
	}
	return holds
}

func member(name string, holds test) test {
	return func(v scim.Value, e *Evaluation) bool { return holds(v.Get(name), e) }
}

// anyOf applies a test to the elements of an array, or to what is none. It gives up
// when the evaluation has no steps left.
func anyOf(holds test) test {
	return func(v scim.Value, e *Evaluation) bool {
		if v.Kind() != scim.Array {
			return e.spend(perTest) && holds(v, e)
		}
		for _, item := range v.Items() {
			if !e.spend(perTest) || holds(item, e) {
				return true
			}
		}
		return false
	}
}

// ofSub applies a test to a sub-attribute.
func ofSub(sub *schema.Attribute, holds test) test {
	holds = anyOf(holds)
	return func(v scim.Value, e *Evaluation) bool { return v.Kind() == scim.Object && holds(v.Get(sub.Name), e) }
}
