package compat

import (
	"strings"

	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// filterPaths adds the URN that a filter leaves out for an attribute of an extension, and
// compares a single-valued complex attribute by its sub-attribute value. Entra ID sends, to
// check whether a user has a manager:
//
//	filter=id eq "2819c223" and manager eq "mgr-uuid"&attributes=id
func (r *Repairs) filterPaths(t *schema.ResourceType, e filter.Expr) filter.Expr {
	switch e := e.(type) {
	case *filter.And:
		return &filter.And{X: r.filterPaths(t, e.X), Y: r.filterPaths(t, e.Y)}
	case *filter.Or:
		return &filter.Or{X: r.filterPaths(t, e.X), Y: r.filterPaths(t, e.Y)}
	case *filter.Not:
		return &filter.Not{X: r.filterPaths(t, e.X)}
	case *filter.Compare:
		return &filter.Compare{Path: r.comparedPath(t, e.Path, e.Op), Op: e.Op, Value: e.Value}
	}
	return e
}

// extensionWith returns the URN of the first extension that has an attribute, "" if none
// has.
func extensionWith(t *schema.ResourceType, attr string) string {
	for _, ext := range t.Extensions {
		if ext.Schema.Attributes.Find(attr) != nil {
			return ext.Schema.ID
		}
	}
	return ""
}

func (r *Repairs) comparedPath(t *schema.ResourceType, path filter.Path, op filter.Op) filter.Path {
	repaired := path
	if _, known := filter.Resolve(t, path); !known && path.URN == "" {
		repaired.URN = extensionWith(t, path.Attr)
	}
	what, known := filter.Resolve(t, repaired)
	if known && what.Attr != nil && what.Sub == nil && op != filter.Present &&
		what.Attr.Type == schema.Complex && !what.Attr.MultiValued && what.Attr.Sub.Find("value") != nil {
		repaired.Sub = "value"
	}
	if repaired != path {
		r.report("unqualified-filter")
	}
	return repaired
}

// Parameters adds the URNs that the parameters attributes, excludedAttributes and sortBy
// leave out for attributes of extensions:
//
//	attributes=userName,manager
func (r *Repairs) Parameters(t *schema.ResourceType, lists []string) []string {
	repaired := make([]string, len(lists))
	for i, list := range lists {
		names := strings.Split(list, ",")
		for j, name := range names {
			if qualified, ok := qualify(t, strings.TrimSpace(name)); ok {
				r.report("unqualified-name")
				names[j] = qualified
			}
		}
		repaired[i] = strings.Join(names, ",")
	}
	return repaired
}
