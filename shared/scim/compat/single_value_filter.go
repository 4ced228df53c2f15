package compat

import "scimserver/shared/scim/schema"

// SingleFilter reports whether a filter may follow a single-valued attribute, which is then
// treated as a list of one element. It may if the attribute is complex. Entra ID sends, to
// remove a user's manager:
//
//	{"op": "Remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager[value eq \"m-1\"]"}
func (r *Repairs) SingleFilter(attr *schema.Attribute) bool {
	if attr.Type != schema.Complex || attr.MultiValued {
		return false
	}
	r.report("single-value-filter")
	return true
}
