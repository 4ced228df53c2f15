package compat

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// splitKeys makes an operation of its own of each member of a path-less value
// whose name is a path instead of an attribute. Entra ID, with the flag
// aadOptscim062020:
//
//	{"op": "replace", "value": {"displayName": "Bjfe", "name.givenName": "Kkom",
//	 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "Aklq"}}
//
// A path to something that the type does not have is ignored, as an unknown
// attribute is: administrators map custom ones.
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
		if !ok && strings.ContainsAny(m.Name, ".:[") && t.Extension(m.Name) == nil && !scim.EqualName(m.Name, t.Core.ID) {
			r.report("unknown-key")
			r.ignore(m.Name)
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

// keyPath returns the path that a member's name is, if it is one and names
// something other than a whole attribute or extension. A path whose filter is
// malformed counts as well: it is refused later, with the reason.
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
