package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// Element makes an element from the equalities of a filter that matches none, so
// that later operations of the same message find it. Entra ID, for a user
// without a work email:
//
//	{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "updatedEmail@microsoft.com"}
//
// RFC 7644 section 3.5.2.3 says 400 noTarget. nil means that the filter does not
// describe an element.
func (r *Repairs) Element(e filter.Expr) *scim.Value {
	members, ok := equalities(e)
	if !ok {
		return nil
	}
	r.report("element-from-filter")
	made := scim.Map(members...)
	return &made
}

func equalities(e filter.Expr) ([]scim.Member, bool) {
	switch e := e.(type) {
	case *filter.Compare:
		one := []scim.Member{{Name: e.Path.Attr, Value: e.Value}}
		return one, e.Op == filter.Equal && e.Path.URN == "" && e.Path.Sub == ""
	case *filter.And:
		x, ok := equalities(e.X)
		y, too := equalities(e.Y)
		return append(x, y...), ok && too
	}
	return nil, false
}
