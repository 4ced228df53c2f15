package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// wrapScalar puts a string sent for a complex attribute of one value into its
// sub-attribute value. Entra ID:
//
//	{"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
//	 "value": "mgr-uuid-string"}
func (r *Repairs) wrapScalar(attr *schema.Attribute, v scim.Value) scim.Value {
	if attr.Type != schema.Complex || attr.MultiValued || v.Kind() != scim.String || attr.Sub.Find("value") == nil || v.Text() == "" {
		return v
	}
	r.report("scalar-for-complex")
	return scim.Map(scim.Member{Name: "value", Value: v})
}
