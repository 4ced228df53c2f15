package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// Element makes an element that matches a filter, from the filter's equality comparisons. It
// is for a filter that matches no element. Entra ID sends, for a user without a work email:
//
//	{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "updatedEmail@microsoft.com"}
//
// By RFC 7644 section 3.5.2.3 this is 400 noTarget. The result is nil if the filter is not a
// conjunction of equality comparisons.
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
		x, okX := equalities(e.X)
		y, okY := equalities(e.Y)
		return append(x, y...), okX && okY
	}
	return nil, false
}
