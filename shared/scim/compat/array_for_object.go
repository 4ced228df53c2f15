package compat

import "scimserver/shared/scim"

// arrayForObject takes the object of attributes out of an array of one:
//
//	{"op": "replace", "value": [{"active": false}]}
func (r *Repairs) arrayForObject(v scim.Value) scim.Value {
	if items := v.Items(); len(items) == 1 && items[0].Kind() == scim.Object {
		r.report("array-for-object")
		return items[0]
	}
	return v
}
