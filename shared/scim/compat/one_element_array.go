package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// oneElement unwraps an array of one element that is sent for a single-valued attribute. Entra ID sends:
//
//	{"op": "Add", "path": "manager", "value": [{"$ref": "http://host/scim/Users/2819c223", "value": "2819c223"}]}
func (r *Repairs) oneElement(attr *schema.Attribute, v scim.Value) scim.Value {
	if attr.MultiValued || v.Kind() != scim.Array || len(v.Items()) != 1 {
		return v
	}
	r.report("one-element-array")
	return v.Items()[0]
}
