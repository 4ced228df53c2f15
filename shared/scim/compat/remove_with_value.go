package compat

import (
	"fmt"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// removeValue turns a remove operation with a value into one operation for each
// value, which a filter names. Entra ID, without the flag aadOptscim062020:
//
//	{"op": "Remove", "path": "members", "value": [{"value": "u1091"}]}
//
// Read as the RFC has it, without the value, this would empty the group. So it would
// with a value that stands for none, as a template makes of a variable without one:
//
//	{"op": "remove", "path": "members", "value": ""}
//
// The value of an attribute that has only one is not compared; an object of
// sub-attributes, without value among them, names those to remove.
func (r *Repairs) removeValue(t *schema.ResourceType, op scim.Value) ([]scim.Value, *scim.Error) {
	as := []scim.Value{op}
	value, path := op.Find("value"), op.Find("path")
	if !isRemove(op) || !hasMember(op, "value") || path.Kind() != scim.String {
		return as, nil
	}
	target, err := filter.ParsePath(path.Text())
	if err != nil || target.Filter != nil {
		return as, nil
	}
	what, ok := filter.Resolve(t, target.Path)
	if blank := value.IsEmpty() && value.Kind() != scim.Object; !ok || what.Attr == nil || what.Sub != nil && !blank {
		return as, nil
	}
	defer r.report("remove-with-value")
	if what.Attr.MultiValued {
		return r.removalsByFilter(withoutMember(op, "value"), target, what.Attr, value)
	}
	return removalsFromSingle(withoutMember(op, "value"), target, what.Attr, value)
}

func isRemove(op scim.Value) bool { return scim.EqualName(op.Find("op").Text(), "remove") }

// maxRemovals is the most values of one message that are told apart. Each takes up
// a kilobyte as an operation of its own.
const maxRemovals = 50_000

// removalsByFilter makes an operation for each value.
func (r *Repairs) removalsByFilter(op scim.Value, target filter.Target, attr *schema.Attribute, value scim.Value) (all []scim.Value, err *scim.Error) {
	items := value.Items()
	if value.Kind() != scim.Array && (value.Kind() == scim.Object || !value.IsEmpty()) {
		items = []scim.Value{value}
	}
	if r.removals += len(items); r.removals > maxRemovals {
		return nil, scim.InvalidValue(fmt.Sprintf("the operations name more than %d values to remove; send fewer at a time", maxRemovals))
	}
	for i, item := range items {
		e := elementFilter(attr, item)
		if e == nil {
			return nil, scim.InvalidSyntax(fmt.Sprintf("value %d of the values to remove from %s names none", i+1, target.Path))
		}
		target.Filter = r.literals(e, subAttributeFinder(attr))
		all = append(all, setMember(op, "path", scim.Text(target.String())))
	}
	return all, nil
}

// removalsFromSingle is removalsByFilter for an attribute of one value.
func removalsFromSingle(op scim.Value, target filter.Target, attr *schema.Attribute, value scim.Value) (all []scim.Value, err *scim.Error) {
	if attr.Type != schema.Complex || attr.Sub.Find("value") != nil || value.Kind() != scim.Object {
		return []scim.Value{op}, nil
	}
	for _, m := range value.Members() {
		if sub := attr.Sub.Find(m.Name); sub != nil {
			target.Path.Sub = sub.Name
			all = append(all, setMember(op, "path", scim.Text(target.String())))
		}
	}
	if len(all) == 0 {
		return nil, scim.InvalidSyntax(fmt.Sprintf("the value to remove from %s names no part of it", target.Path))
	}
	return all, nil
}

// elementFilter returns a filter for the element that item stands for: by its value,
// and type unless the value is an id, or by all it says where it has no value; nil
// if it says nothing.
func elementFilter(attr *schema.Attribute, item scim.Value) (e filter.Expr) {
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
