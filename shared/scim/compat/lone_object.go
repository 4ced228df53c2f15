package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// loneObject makes an array of an object that is sent for a multi-valued attribute. OneLogin
// sends, if an administrator has edited the template:
//
//	{"emails": {"value": "jane@example.com", "type": "work"}, …}
func (r *Repairs) loneObject(attr *schema.Attribute, v scim.Value) scim.Value {
	if !attr.MultiValued || v.Kind() != scim.Object {
		return v
	}
	r.report("lone-object")
	return scim.List(v)
}
