package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// repairSchemas adds the core URN if it is missing, and removes URNs that the type does not
// have: providers send none, malformed ones, or those of SCIM 1. Entra ID sends:
//
//	{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group",
//	             "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"], …}
//
// OneLogin sends {"schemas": ["urn:scim:schemas:core:1.0"], …}. The URN of another core
// schema is kept, and rejected later: the body is another kind of resource.
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
