package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// repairSchemas adds the core URN that is missing and drops URNs that the type does
// not have: providers send none, a malformed one, or one of SCIM 1. Entra ID:
//
//	{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group",
//	             "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"], …}
//
// OneLogin: {"schemas": ["urn:scim:schemas:core:1.0"], …}. A URN of another core
// schema stays, and is refused: the body is something else.
func (r *Repairs) repairSchemas(t *schema.ResourceType, body scim.Value) scim.Value {
	sent := body.Find("schemas")
	urns := []scim.Value{scim.Text(t.Core.ID)}
	known := 0
	for _, item := range sent.Items() {
		urn := item.Text()
		switch {
		case scim.EqualName(urn, t.Core.ID):
			known++
		case t.Extension(urn) != nil || item.Kind() != scim.String || schema.IsCoreURN(urn):
			known++
			urns = append(urns, item)
		}
	}
	if sent.Kind() == scim.Array && known == len(sent.Items()) && known > 0 && known == len(urns) {
		return body
	}
	if sent.Kind() != scim.Array && sent.Kind() != scim.Null {
		return body
	}
	r.report("schemas")
	return setMember(body, "schemas", scim.List(urns...))
}
