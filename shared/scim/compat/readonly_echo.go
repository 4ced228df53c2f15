package compat

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// dropReadOnlyEchoes removes readOnly attributes and schemas from the value of an operation
// without a path: clients send back what they received. Okta sends, with every change of a
// group:
//
//	{"op": "replace", "value": {"id": "abf4dd94-a4c0-4f67-89c9-76b03340cb9b", "displayName": "Test SCIMv2"}}
//
// Entra ID, with the flag aadOptscim062020, sends them as paths:
//
//	{"op": "replace", "value": {"meta.resourceType": "User",
//	 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName": "Ann"}}
func (r *Repairs) dropReadOnlyEchoes(t *schema.ResourceType, op scim.Value) scim.Value {
	if op.Find("path").Kind() != scim.Null || op.Find("value").Kind() != scim.Object {
		return op
	}
	kept, dropped := writable(t, "", op.Find("value"))
	if !dropped {
		return op
	}
	r.report("read-only-echo")
	return setMember(op, "value", kept)
}

// writable returns an object of attributes without the readOnly ones, also in objects under
// the URN of a schema. prefix and the name of a member make up its path.
func writable(t *schema.ResourceType, prefix string, v scim.Value) (kept scim.Value, dropped bool) {
	var members []scim.Member
	for _, m := range v.Members() {
		if readOnly(t, prefix+m.Name) {
			dropped = true
			continue
		}
		if below, isSchema := schemaPrefix(t, m.Name); isSchema && m.Value.Kind() == scim.Object {
			inner, less := writable(t, below, m.Value)
			m.Value, dropped = inner, dropped || less
		}
		members = append(members, m)
	}
	return scim.Map(members...), dropped
}

// schemaPrefix returns the prefix for the names in an object under the URN of a schema. It
// reports false if name is not such a URN.
func schemaPrefix(t *schema.ResourceType, name string) (prefix string, isSchema bool) {
	if scim.EqualName(name, t.Core.ID) {
		return "", true
	}
	if ext := t.Extension(name); ext != nil {
		return ext.ID + ":", true
	}
	return "", false
}

// readOnly reports whether a path names a readOnly attribute or schemas, whose value is
// derived from the contents of the resource.
func readOnly(t *schema.ResourceType, path string) bool {
	path = withoutFilter(path)
	if qualified, ok := qualify(t, path); ok && strings.ContainsAny(path, ".:") {
		path = qualified
	}
	target, err := filter.ParsePath(path)
	what, known := filter.Resolve(t, target.Path)
	if err != nil || !known || what.Attr == nil {
		return false
	}
	return what.Attr.Mutability == schema.ReadOnly || what.Leaf().Mutability == schema.ReadOnly ||
		what.Extension == nil && what.Attr.Name == "schemas"
}
