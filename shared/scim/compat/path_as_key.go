package compat

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// splitKeys splits an operation without a path: each member of its value whose name is a path
// instead of an attribute becomes an operation of its own. Entra ID sends, with the flag
// aadOptscim062020:
//
//	{"op": "replace", "value": {"displayName": "Bjfe", "name.givenName": "Kkom",
//	 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "Aklq"}}
//
// A path to an attribute that the type does not have is ignored, like an unknown attribute,
// because administrators map custom attributes.
func (r *Repairs) splitKeys(t *schema.ResourceType, op scim.Value) []scim.Value {
	value := op.Find("value")
	if op.Find("path").Kind() != scim.Null || value.Kind() != scim.Object || isRemove(op) {
		return []scim.Value{op}
	}
	var rest []scim.Member
	var split []scim.Value
	dropped := false
	for _, m := range value.Members() {
		path, ok := keyPath(t, r.barePath(m.Name))
		if !ok && strings.ContainsAny(m.Name, ".:[") && t.Extension(m.Name) == nil &&
			!scim.EqualName(m.Name, t.Core.ID) {
			r.report("unknown-key")
			r.ignore("", m.Name)
			dropped = true
			continue
		}
		if !ok {
			rest = append(rest, m)
			continue
		}
		r.report("path-as-key")
		one := setMember(setMember(op, "path", scim.Text(r.pathFilter(t, path))), "value", m.Value)
		split = append(split, one)
	}
	if len(split) == 0 && !dropped {
		return []scim.Value{op}
	}
	if len(split) == 0 || len(rest) > 0 {
		split = append([]scim.Value{setMember(op, "value", scim.Map(rest...))}, split...)
	}
	return split
}

// keyPath returns the path in a member's name, with its URN. It reports false if the name is
// not a path, or is the URN of an extension. A path with a malformed filter is returned, too:
// it is rejected later, with the reason.
func keyPath(t *schema.ResourceType, key string) (string, bool) {
	if !strings.ContainsAny(key, ".:[") || t.Extension(key) != nil {
		return "", false
	}
	if qualified, ok := qualify(t, key); ok {
		key = qualified
	}
	name, _, _ := strings.Cut(key, "[")
	target, err := filter.ParsePath(name)
	if err != nil {
		return "", false
	}
	_, known := filter.Resolve(t, target.Path)
	return key, known
}
