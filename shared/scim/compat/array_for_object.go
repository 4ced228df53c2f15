package compat

import "scimserver/shared/scim"

// arrayForObject unwraps an array of one element that is sent instead of an object of attributes:
//
//	{"op": "replace", "value": [{"active": false}]}
func (r *Repairs) arrayForObject(v scim.Value) scim.Value {
	if items := v.Items(); len(items) == 1 && items[0].Kind() == scim.Object {
		r.report("array-for-object")
		return items[0]
	}
	return v
}
