package filter

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// scope resolves the paths of a filter.
type scope interface {
	// find reports false for an attribute that is treated as absent.
	find(p Path) (location, bool, error)
}

// resourceScope resolves paths in a resource.
type resourceScope struct {
	t *schema.ResourceType
	Options
}

func (s *resourceScope) find(p Path) (location, bool, error) {
	a, ok := Resolve(s.t, p)
	if !ok && s.UnknownIsAbsent {
		return location{}, false, nil
	}
	if !ok {
		return location{}, false, scim.InvalidFilter("a " + s.t.Name + " has no attribute " + p.String())
	}
	at := location{attr: a.Attr, sub: a.Sub}
	if a.Extension != nil {
		at.container = a.Extension.ID
	}
	return at, true, at.checkReadable(p)
}

// elementScope resolves paths in one value of an attribute.
type elementScope struct{ attr *schema.Attribute }

func (s *elementScope) find(p Path) (location, bool, error) {
	if p.URN == "" && p.Sub == "" {
		if sub := s.attr.Sub.Find(p.Attr); sub != nil {
			at := location{element: true, attr: s.attr, sub: sub}
			return at, true, at.checkReadable(p)
		}
		if s.attr.Type != schema.Complex && scim.EqualName(p.Attr, "value") {
			return location{element: true, attr: s.attr}, true, nil
		}
	}
	return location{}, false, scim.InvalidFilter(s.attr.Name + " has no sub-attribute " + p.String())
}

// location says where the values of a path are: in a resource, in the container of an
// extension, or in an element.
type location struct {
	container string            // URN of the extension
	element   bool              // the matched value is a value of attr, not a resource
	attr      *schema.Attribute // nil for the whole container
	sub       *schema.Attribute
}

// checkReadable rejects attributes that clients can't read. With filters they could guess
// the values.
func (at location) checkReadable(p Path) error {
	for _, a := range []*schema.Attribute{at.attr, at.sub} {
		if a != nil && a.Secret() {
			return scim.InvalidFilter(p.String() + " is never returned, so a filter can't use it")
		}
	}
	return nil
}

// resolveCompared changes the location to that of the compared values: for a multi-valued
// complex attribute this is its sub-attribute value (RFC 7644 figure 2). Other complex
// attributes can't be compared.
func (at *location) resolveCompared(p Path) error {
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
	return at.checkReadable(p)
}

func (at location) leaf() *schema.Attribute { return Attribute{Attr: at.attr, Sub: at.sub}.Leaf() }

// anyValue returns a predicate that is true if holds is true for any value at the location.
func (at location) anyValue(holds predicate) predicate {
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

func member(name string, holds predicate) predicate {
	return func(v scim.Value, e *Evaluation) bool { return holds(v.Get(name), e) }
}

// anyOf applies a predicate to the elements of an array, or to a value that is not an
// array. It stops when the evaluation has no steps left.
func anyOf(holds predicate) predicate {
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

// ofSub applies a predicate to a sub-attribute.
func ofSub(sub *schema.Attribute, holds predicate) predicate {
	holds = anyOf(holds)
	return func(v scim.Value, e *Evaluation) bool {
		return v.Kind() == scim.Object && holds(v.Get(sub.Name), e)
	}
}
