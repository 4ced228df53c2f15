package compat

import "scimserver/shared/scim"

// textForObject parses an object of attributes, or an array of one, that is sent as a string
// of JSON:
//
//	{"op": "replace", "value": "{\"active\":false}"}
func (r *Repairs) textForObject(v scim.Value) scim.Value {
	if v.Kind() != scim.String {
		return v
	}
	read, err := scim.ParseJSON(v.Text())
	items := read.Items()
	if err != nil || read.Kind() != scim.Object && (len(items) != 1 || items[0].Kind() != scim.Object) {
		return v
	}
	r.report("text-for-object")
	return read
}
