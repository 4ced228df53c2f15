package compat

import (
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// booleans turns the strings "True" and "False" in the comparisons of a filter
// into booleans where the schema wants one. attribute finds what a path names.
// Entra ID's validator:
//
//	{"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "VCBQOEVZIKYZ"}
func (r *Repairs) booleans(e filter.Expr, attribute func(filter.Path) *schema.Attribute) filter.Expr {
	switch e := e.(type) {
	case *filter.And:
		return &filter.And{X: r.booleans(e.X, attribute), Y: r.booleans(e.Y, attribute)}
	case *filter.Or:
		return &filter.Or{X: r.booleans(e.X, attribute), Y: r.booleans(e.Y, attribute)}
	case *filter.Not:
		return &filter.Not{X: r.booleans(e.X, attribute)}
	case *filter.Has:
		if attr := attribute(e.Path); attr != nil {
			return &filter.Has{Path: e.Path, Filter: r.booleans(e.Filter, within(attr))}
		}
	case *filter.Compare:
		if attr := attribute(e.Path); attr != nil && e.Op != filter.Present {
			return &filter.Compare{Path: e.Path, Op: e.Op, Value: r.boolean(attr, e.Value)}
		}
	}
	return e
}

// within finds what a path names in the elements of an attribute.
func within(attr *schema.Attribute) func(filter.Path) *schema.Attribute {
	return func(p filter.Path) *schema.Attribute {
		if p.URN != "" || p.Sub != "" {
			return nil
		}
		return attr.Sub.Find(p.Attr)
	}
}
