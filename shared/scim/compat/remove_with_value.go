package compat

import (
	"fmt"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// removeValue turns a remove operation with a value into one operation for each value, which
// is selected by a filter in the path. Entra ID sends, without the flag aadOptscim062020:
//
//	{"op": "Remove", "path": "members", "value": [{"value": "u1091"}]}
//
// By the RFC the value is ignored, which would remove all members of the group. The same is
// true for an empty value, which comes from a template with an empty variable:
//
//	{"op": "remove", "path": "members", "value": ""}
//
// The value is not compared if the attribute is single-valued. If it is an object of
// sub-attributes without the sub-attribute value, these sub-attributes are removed.
func (r *Repairs) removeValue(t *schema.ResourceType, op scim.Value) ([]scim.Value, *scim.Error) {
	unchanged := []scim.Value{op}
	value, path := op.Find("value"), op.Find("path")
	if !isRemove(op) || !hasMember(op, "value") || path.Kind() != scim.String {
		return unchanged, nil
	}
	target, err := filter.ParsePath(path.Text())
	if err != nil || target.Filter != nil {
		return unchanged, nil
	}
	what, ok := filter.Resolve(t, target.Path)
	if blank := value.IsEmpty() && value.Kind() != scim.Object; !ok || what.Attr == nil || what.Sub != nil && !blank {
		return unchanged, nil
	}
	defer r.report("remove-with-value")
	if what.Attr.MultiValued {
		return r.removalsByFilter(withoutMember(op, "value"), target, what.Attr, value)
	}
	return removalsFromSingle(withoutMember(op, "value"), target, what.Attr, value)
}

func isRemove(op scim.Value) bool { return scim.EqualName(op.Find("op").Text(), "remove") }

// maxRemovals is the maximum number of values to remove in one message. Each becomes an
// operation of its own, which takes about a kilobyte of memory.
const maxRemovals = 50_000

// removalsByFilter makes an operation for each value to remove.
func (r *Repairs) removalsByFilter(
	op scim.Value, target filter.Target, attr *schema.Attribute, value scim.Value,
) (all []scim.Value, err *scim.Error) {
	items := value.Items()
	if value.Kind() != scim.Array && (value.Kind() == scim.Object || !value.IsEmpty()) {
		items = []scim.Value{value}
	}
	if r.removals += len(items); r.removals > maxRemovals {
		return nil, scim.InvalidValue(fmt.Sprintf(
			"the operations name more than %d values to remove; send fewer at a time", maxRemovals))
	}
	for i, item := range items {
		e := elementFilter(attr, item)
		if e == nil {
			return nil, scim.InvalidSyntax(fmt.Sprintf(
				"element %d of the values to remove from %s does not say which value to remove", i+1, target.Path))
		}
		target.Filter = r.literals(e, subAttributeFinder(attr))
		all = append(all, setMember(op, "path", scim.Text(target.String())))
	}
	return all, nil
}

// removalsFromSingle is removalsByFilter for a single-valued attribute.
func removalsFromSingle(
	op scim.Value, target filter.Target, attr *schema.Attribute, value scim.Value,
) (all []scim.Value, err *scim.Error) {
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
		return nil, scim.InvalidSyntax(
			fmt.Sprintf("the value to remove from %s names no sub-attribute of it", target.Path),
		)
	}
	return all, nil
}

// elementFilter returns a filter for the element that item stands for, or nil if item is
// empty. The filter compares value, and also type unless value is the id of a resource. If
// item has no value, the filter compares all its sub-attributes.
func elementFilter(attr *schema.Attribute, item scim.Value) (e filter.Expr) {
	if item.Kind() != scim.Object {
		return equals("value", item)
	}
	identified := !item.Find("value").IsEmpty()
	isID := attr.Sub.Find("$ref") != nil // then value alone identifies the element
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
