package compat

import "scimserver/shared/scim/schema"

// SingleFilter reports whether a filter may follow an attribute of one value, which then
// counts as a list of one: it may where the value is complex. Entra ID, to take a user's
// manager away:
//
//	{"op": "Remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager[value eq \"m-1\"]"}
func (r *Repairs) SingleFilter(attr *schema.Attribute) bool {
	if attr.Type != schema.Complex || attr.MultiValued {
		return false
	}
	r.report("single-value-filter")
	return true
}
