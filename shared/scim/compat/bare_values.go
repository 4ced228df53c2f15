package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// bareValues repairs strings that are sent as elements of a complex multi-valued attribute:
// each becomes the sub-attribute value of an element. A single string is treated as an array
// of one:
//
//	{"op": "add", "path": "members", "value": ["89bb1940-b905-4575-9e7f-6f887cfb368e"]}
func (r *Repairs) bareValues(attr *schema.Attribute, v scim.Value) scim.Value {
	if !attr.MultiValued || attr.Type != schema.Complex || attr.Sub.Find("value") == nil {
		return v
	}
	if v.Kind() == scim.String && v.Text() != "" {
		v = scim.List(v)
	}
	if v.Kind() != scim.Array {
		return v
	}
	items := make([]scim.Value, len(v.Items()))
	bare := false
	for i, item := range v.Items() {
		if items[i] = item; item.Kind() == scim.String {
			items[i] = scim.Map(scim.Member{Name: "value", Value: item})
			bare = true
		}
	}
	if !bare {
		return v
	}
	r.report("bare-values")
	return scim.List(items...)
}
