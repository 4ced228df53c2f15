package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// unknownPath reports whether the path of an operation is an attribute of an extension that the resource type does
// not have. Administrators map such custom attributes. As in a POST, the attribute is ignored and its name
// reported; the rest of the message is carried out. Entra ID sends:
//
//	{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId", "value": "7"}
func (r *Repairs) unknownPath(t *schema.ResourceType, op scim.Value) bool {
	name := withoutFilter(op.Find("path").Text())
	if !isOperation(op) || !isURN(name) || schema.IsCoreURN(name) || t.Extension(name) != nil {
		return false
	}
	if target, err := filter.ParsePath(name); err == nil {
		if _, known := filter.Resolve(t, target.Path); known {
			return false
		}
	}
	r.report("unknown-path")
	r.ignore("", name)
	return true
}

// isOperation reports whether op has one of the names of RFC 7644 section 3.5.2.
func isOperation(op scim.Value) bool {
	switch scim.FoldName(op.Find("op").Text()) {
	case "add", "remove", "replace":
		return true
	}
	return false
}
