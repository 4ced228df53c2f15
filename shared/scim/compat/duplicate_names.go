package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// checkNamesOnce rejects an operation without a path whose value has two names for the same
// attribute, because it is unknown which value is meant.
func checkNamesOnce(t *schema.ResourceType, op scim.Value) *scim.Error {
	if op.Find("path").Kind() != scim.Null {
		return nil
	}
	seen := map[schema.Named]bool{}
	for _, name := range memberPaths(t, op.Find("value")) {
		target, err := filter.ParsePath(name)
		what, known := filter.Resolve(t, target.Path)
		if err != nil || !known || target.Filter != nil {
			continue
		}
		if seen[what] {
			return scim.InvalidSyntax("the value names " + target.String() + " twice")
		}
		seen[what] = true
	}
	return nil
}

// memberPaths returns the names in the value of an operation without a path, as paths. It
// includes those in an object under the URN of the core schema.
func memberPaths(t *schema.ResourceType, v scim.Value) (all []string) {
	for _, m := range v.Members() {
		if scim.EqualName(m.Name, t.Core.ID) {
			all = append(all, memberPaths(t, m.Value)...)
			continue
		}
		if path, ok := keyPath(t, m.Name); ok {
			all = append(all, path)
		} else {
			all = append(all, m.Name)
		}
	}
	return all
}
