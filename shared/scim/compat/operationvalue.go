package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// operationValue repairs the value of an operation by the attribute that its
// path names, or as a resource without a path.
func (r *Repairs) operationValue(t *schema.ResourceType, op scim.Value) scim.Value {
	value := op.Find("value")
	if value.Kind() == scim.Null {
		return op
	}
	if op.Find("path").Kind() == scim.Null {
		return set(op, "value", r.object(t, value))
	}
	target, err := filter.ParsePath(op.Find("path").Text())
	if err != nil {
		return op
	}
	what, ok := filter.Resolve(t, target.Path)
	if !ok {
		return op
	}
	switch {
	case what.Attr == nil:
		value = r.attributes(what.Extension.Attributes, value)
	case target.Sub != "":
		if sub := what.Attr.Sub.Find(target.Sub); sub != nil {
			value = r.value(sub, value)
		}
	case target.Filter != nil:
		value = r.element(what.Attr, r.lone(what.Attr, value))
	default:
		value = r.value(what.Leaf(), value)
	}
	return set(op, "value", value)
}

// lone takes the element out of an array of one for a path that names elements.
func (r *Repairs) lone(attr *schema.Attribute, v scim.Value) scim.Value {
	single := *attr
	single.MultiValued = false
	return r.oneElement(&single, v)
}
