package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// echoes drops readOnly attributes and schemas from a path-less value: clients
// send back what they were given. Okta, at every change of a group:
//
//	{"op": "replace", "value": {"id": "abf4dd94-a4c0-4f67-89c9-76b03340cb9b", "displayName": "Test SCIMv2"}}
func (r *Repairs) echoes(t *schema.ResourceType, op scim.Value) scim.Value {
	value := op.Find("value")
	if op.Find("path").Kind() != scim.Null || value.Kind() != scim.Object {
		return op
	}
	var kept []scim.Member
	for _, m := range value.Members() {
		if !readOnly(t, m.Name) {
			kept = append(kept, m)
		}
	}
	if len(kept) == len(value.Members()) {
		return op
	}
	r.note("read-only-echo")
	return set(op, "value", scim.Map(kept...))
}

func readOnly(t *schema.ResourceType, name string) bool {
	attr := t.Common().Find(name)
	if attr == nil {
		attr = t.Core.Attributes.Find(name)
	}
	return attr != nil && (attr.Mutability == schema.ReadOnly || attr.Name == "schemas")
}
