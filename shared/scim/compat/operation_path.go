package compat

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// paths repairs the path of an operation if it leaves out the URN of an extension, or has a
// dot instead of a colon after the URN of a schema. Entra ID sends:
//
//	{"op": "Add", "path": "manager", "value": …}
//	{"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department", …}
//
// An empty path is treated as no path.
func (r *Repairs) paths(t *schema.ResourceType, op scim.Value) scim.Value {
	path := op.Find("path")
	if path.Kind() != scim.String {
		return op
	}
	if path.Text() == "" {
		r.report("empty-path")
		return withoutMember(op, "path")
	}
	if repaired := r.path(t, path.Text()); repaired != path.Text() {
		return setMember(op, "path", scim.Text(repaired))
	}
	return op
}

// path repairs a path.
func (r *Repairs) path(t *schema.ResourceType, path string) string {
	path = r.barePath(path)
	if qualified, ok := qualify(t, path); ok {
		r.report("unqualified-path")
		path = qualified
	}
	return r.pathFilter(t, path)
}

// pathFilter repairs the literals of the filter in a path.
func (r *Repairs) pathFilter(t *schema.ResourceType, path string) string {
	target, err := filter.ParsePath(path)
	if err != nil || target.Filter == nil {
		return path
	}
	what, ok := filter.Resolve(t, target.Path)
	if !ok || what.Attr == nil {
		return path
	}
	before := target.String()
	target.Filter = r.literals(target.Filter, subAttributeFinder(what.Attr))
	if target.String() == before {
		return path
	}
	return target.String()
}

// qualify adds the URN of an extension to a path that leaves it out, or puts a colon after the
// URN. It reports false if the path needs neither.
func qualify(t *schema.ResourceType, path string) (string, bool) {
	for _, id := range schemaURNs(t) {
		if n := len(id); len(path) > n+1 && path[n] == '.' && scim.EqualName(path[:n], id) {
			return id + ":" + path[n+1:], true
		}
	}
	target, err := filter.ParsePath(path)
	if err != nil || target.Path.URN != "" {
		return "", false
	}
	if _, known := filter.Resolve(t, target.Path); known {
		return "", false
	}
	if urn := extensionWith(t, target.Path.Attr); urn != "" {
		return urn + ":" + strings.TrimSpace(path), true
	}
	return "", false
}

// schemaURNs returns the URNs of the type's schemas.
func schemaURNs(t *schema.ResourceType) []string {
	all := []string{t.Core.ID}
	for _, ext := range t.Extensions {
		all = append(all, ext.Schema.ID)
	}
	return all
}
