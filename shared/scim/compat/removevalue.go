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
// value of an attribute that has only one is not compared; an object of
// sub-attributes, without value among them, names those to remove.
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
	var all []scim.Value
	if what.Attr.MultiValued {
		all, ok = r.removals(unset(op, "value"), target, what.Attr, value)
	} else {
		all, ok = removalsOfOne(unset(op, "value"), target, what.Attr, value)
	}
	if !ok {
		return as
	}
	r.note("remove-with-value")
	return all
}

// maxRemovals is the most values of one operation that are told apart. Each takes
// up a kilobyte as an operation of its own.
const maxRemovals = 50_000

// removals makes an operation for each value. It reports false where one names
// nothing that could be removed.
func (r *Repairs) removals(op scim.Value, target filter.Target, attr *schema.Attribute, value scim.Value) (all []scim.Value, ok bool) {
	items := []scim.Value{value}
	if value.Kind() == scim.Array {
		items = value.Items()
	}
	if len(items) > maxRemovals {
		return nil, false
	}
	for _, item := range items {
		e := describe(attr, item)
		if e == nil {
			return nil, false
		}
		target.Filter = r.booleans(e, within(attr))
		all = append(all, set(op, "path", scim.Text(target.String())))
	}
	return all, true
}

// removalsOfOne is removals for an attribute of one value.
func removalsOfOne(op scim.Value, target filter.Target, attr *schema.Attribute, value scim.Value) (all []scim.Value, ok bool) {
	if attr.Type != schema.Complex || attr.Sub.Find("value") != nil || value.Kind() != scim.Object {
		return []scim.Value{op}, true
	}
	for _, m := range value.Members() {
		if sub := attr.Sub.Find(m.Name); sub != nil {
			target.Path.Sub = sub.Name
			all = append(all, set(op, "path", scim.Text(target.String())))
		}
	}
	return all, len(all) > 0
}

// describe returns a filter for the element that item stands for: by its value,
// and type unless the value is an id, or by all it says where it has no value; nil
// if it says nothing.
func describe(attr *schema.Attribute, item scim.Value) (e filter.Expr) {
	if item.Kind() != scim.Object {
		return equals("value", item)
	}
	identified := !item.Find("value").IsEmpty()
	isID := attr.Sub.Find("$ref") != nil // which says all by itself
	for _, m := range item.Members() {
		sub := attr.Sub.Find(m.Name)
		if sub == nil || identified && sub.Name != "value" && (isID || sub.Name != "type") {
			continue
		}
		switch one := equals(sub.Name, m.Value); {
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
