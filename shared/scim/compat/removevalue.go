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
	if !what.Attr.MultiValued {
		r.note("remove-with-value")
		return []scim.Value{unset(op, "value")}
	}
	all, ok := removals(unset(op, "value"), target, value)
	if !ok {
		return as
	}
	r.note("remove-with-value")
	return all
}

// removals makes an operation for each value. It reports false where one names
// nothing that could be removed.
func removals(op scim.Value, target filter.Target, value scim.Value) (all []scim.Value, ok bool) {
	items := []scim.Value{value}
	if value.Kind() == scim.Array {
		items = value.Items()
	}
	for _, item := range items {
		if target.Filter = describe(item); target.Filter == nil {
			return nil, false
		}
		all = append(all, set(op, "path", scim.Text(target.String())))
	}
	return all, true
}

// describe returns a filter for the element that item stands for: by its value,
// or by all it says where it has none; nil if it says nothing.
func describe(item scim.Value) (e filter.Expr) {
	if item.Kind() != scim.Object {
		return equals("value", item)
	}
	if value := item.Find("value"); !value.IsEmpty() {
		return equals("value", value)
	}
	for _, m := range item.Members() {
		switch one := equals(m.Name, m.Value); {
		case one == nil:
		case e == nil:
			e = one
		default:
			e = &filter.And{X: e, Y: one}
		}
	}
	return e
}

func equals(name string, v scim.Value) filter.Expr {
	if v.IsEmpty() || v.Kind() == scim.Array || v.Kind() == scim.Object {
		return nil
	}
	return &filter.Compare{Path: filter.Path{Attr: name}, Op: filter.Equal, Value: v}
}
