package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// literals gives the values in the comparisons of a filter the type that the schema requires.
// attribute returns the attribute of a path. Entra ID's validator sends:
//
//	{"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "VCBQOEVZIKYZ"}
func (r *Repairs) literals(e filter.Expr, attribute func(filter.Path) *schema.Attribute) filter.Expr {
	switch e := e.(type) {
	case *filter.And:
		return &filter.And{X: r.literals(e.X, attribute), Y: r.literals(e.Y, attribute)}
	case *filter.Or:
		return &filter.Or{X: r.literals(e.X, attribute), Y: r.literals(e.Y, attribute)}
	case *filter.Not:
		return &filter.Not{X: r.literals(e.X, attribute)}
	case *filter.ValuePath:
		if attr := attribute(e.Path); attr != nil {
			return &filter.ValuePath{Path: e.Path, Filter: r.literals(e.Filter, subAttributeFinder(attr))}
		}
	case *filter.Compare:
		if attr := attribute(e.Path); attr != nil && e.Op != filter.Present {
			return &filter.Compare{Path: e.Path, Op: e.Op, Value: r.literal(attr, e.Value)}
		}
	}
	return e
}

// literal repairs the value that an attribute is compared with. A multi-valued complex
// attribute is compared by its sub-attribute value.
func (r *Repairs) literal(attr *schema.Attribute, v scim.Value) scim.Value {
	if attr.Type == schema.Complex && attr.MultiValued {
		if attr = attr.Sub.Find("value"); attr == nil {
			return v
		}
	}
	return r.bareNumber(attr, r.parseBoolean(attr, v))
}

// subAttributeFinder returns a function that finds the sub-attribute of a path in the
// elements of an attribute.
func subAttributeFinder(attr *schema.Attribute) func(filter.Path) *schema.Attribute {
	return func(p filter.Path) *schema.Attribute {
		if p.URN != "" || p.Sub != "" {
			return nil
		}
		return attr.Sub.Find(p.Attr)
	}
}
