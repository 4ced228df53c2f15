package compat

import "scimserver/shared/scim"

// noOperations returns an operation that does nothing, for a message without operations:
//
//	{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": []}
//
// RFC 7644 section 3.5.2 requires at least one operation.
func (r *Repairs) noOperations() []scim.Value {
	r.report("no-operations")
	return []scim.Value{scim.Map(
		scim.Member{Name: "op", Value: scim.Text("add")},
		scim.Member{Name: "value", Value: scim.Map()},
	)}
}
