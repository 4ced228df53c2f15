package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// unknownPath reports whether an operation is about an attribute of an extension that
// the resource type does not have: administrators map custom attributes. It is left
// out and reported by name, as it is ignored in a POST, so that the rest of the message
// is carried out. Entra ID:
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
	r.ignore(name)
	return true
}

// isOperation reports whether op is one that RFC 7644 section 3.5.2 defines.
func isOperation(op scim.Value) bool {
	switch scim.FoldName(op.Find("op").Text()) {
	case "add", "remove", "replace":
		return true
	}
	return false
}
