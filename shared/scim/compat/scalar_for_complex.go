package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// wrapScalar turns a string that is sent for a single-valued complex attribute into an object
// with the sub-attribute value. Entra ID sends:
//
//	{"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
//	 "value": "mgr-uuid-string"}
func (r *Repairs) wrapScalar(attr *schema.Attribute, v scim.Value) scim.Value {
	if attr.Type != schema.Complex || attr.MultiValued || attr.Sub.Find("value") == nil ||
		v.Kind() != scim.String || v.Text() == "" {
		return v
	}
	r.report("scalar-for-complex")
	return scim.Map(scim.Member{Name: "value", Value: v})
}
