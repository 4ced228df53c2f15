package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// coreKeys removes the URN of the core schema from the names of attributes, and moves
// attributes out of an object under that URN, which is the form for extensions:
//
//	{"displayName": "Staff", "urn:ietf:params:scim:schemas:core:2.0:Group:members": [{"value": "u1"}], …}
//	{"displayName": "Staff", "urn:ietf:params:scim:schemas:core:2.0:Group": {"members": [{"value": "u1"}]}, …}
//
// As unknown attributes they would be ignored, and a PUT would clear them. The body is not
// changed if it would then name an attribute twice.
func (r *Repairs) coreKeys(t *schema.ResourceType, body scim.Value) scim.Value {
	all := make([]scim.Member, 0, len(body.Members()))
	found := false
	for _, m := range body.Members() {
		switch attr := coreAttribute(t, m.Name); {
		case attr != nil:
			all, found = append(all, scim.Member{Name: attr.Name, Value: m.Value}), true
		case scim.EqualName(m.Name, t.Core.ID) && m.Value.Kind() == scim.Object:
			all, found = append(all, m.Value.Members()...), true
		default:
			all = append(all, m)
		}
	}
	if !found || repeats(all) {
		return body
	}
	r.report("core-urn-key")
	return scim.Map(all...)
}

// coreAttribute returns the attribute that a name with the URN of the core schema stands for,
// or nil for any other name.
func coreAttribute(t *schema.ResourceType, name string) *schema.Attribute {
	n := len(t.Core.ID)
	if len(name) <= n || !scim.EqualName(name[:n], t.Core.ID) || name[n] != ':' && name[n] != '.' {
		return nil
	}
	if attr := t.Common().Find(name[n+1:]); attr != nil {
		return attr
	}
	return t.Core.Attributes.Find(name[n+1:])
}

func repeats(members []scim.Member) bool {
	seen := map[string]bool{}
	for _, m := range members {
		seen[scim.FoldName(m.Name)] = true
	}
	return len(seen) < len(members)
}
