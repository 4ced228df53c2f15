package compat

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// parseBoolean turns the strings "True" and "False" into booleans if the schema requires one.
// Entra ID sends, without the flag aadOptscim062020:
//
//	{"op": "Replace", "path": "active", "value": "False"}
//	{"roles": [{"primary": "True", "value": "OGCIACGFVVRR"}], …}
func (r *Repairs) parseBoolean(attr *schema.Attribute, v scim.Value) scim.Value {
	if attr.Type != schema.Boolean || v.Kind() != scim.String {
		return v
	}
	for _, b := range []bool{true, false} {
		if strings.EqualFold(v.Text(), scim.Boolean(b).Text()) {
			r.report("string-boolean")
			return scim.Boolean(b)
		}
	}
	return v
}
