package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// removeValue turns a remove operation with a value into one operation for each
// value, which a filter names. Entra ID, without the flag aadOptscim062020:
//
//	{"op": "Remove", "path": "members", "value": [{"value": "u1091"}]}
//
// Read as the RFC has it, without the value, this would empty the group. The
// value of an attribute that has only one says nothing more than the path.
func (r *Repairs) removeValue(t *schema.ResourceType, op scim.Value) []scim.Value {
	as := []scim.Value{op}
	value, path := op.Find("value"), op.Find("path")
	if !scim.EqualName(op.Find("op").Text(), "remove") || value.Kind() == scim.Null || path.Kind() != scim.String {
		return as
	}
	target, err := filter.ParsePath(path.Text())
	if err != nil || target.Filter != nil {
		return as
	}
	what, ok := filter.Resolve(t, target.Path)
	if !ok || what.Attr == nil || what.Sub != nil {
		return as
	}
	r.note("remove-with-value")
	op = unset(op, "value")
	if !what.Attr.MultiValued {
		return []scim.Value{op}
	}
	return removals(op, target, value)
}

func removals(op scim.Value, target filter.Target, value scim.Value) (all []scim.Value) {
	items := []scim.Value{value}
	if value.Kind() == scim.Array {
		items = value.Items()
	}
	for _, item := range items {
		if item.Kind() == scim.Object {
			item = item.Find("value")
		}
		target.Filter = &filter.Compare{Path: filter.Path{Attr: "value"}, Op: filter.Equal, Value: item}
		all = append(all, set(op, "path", scim.Text(target.String())))
	}
	return all
}
