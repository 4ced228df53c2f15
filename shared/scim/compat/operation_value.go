package compat

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// operationValue repairs the value of an operation, by the definition of the attribute that
// its path names. Without a path, it repairs the value like the body of a POST.
func (r *Repairs) operationValue(t *schema.ResourceType, op scim.Value) scim.Value {
	value := op.Find("value")
	if value.Kind() == scim.Null {
		return op
	}
	if op.Find("path").Kind() == scim.Null {
		return setMember(op, "value", r.object(t, value))
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
		value = r.container(what.Extension, value)
	case target.Sub != "":
		if sub := what.Attr.Sub.Find(target.Sub); sub != nil {
			value = r.value(sub, value)
		}
	case target.Filter != nil:
		value = r.element(what.Attr, r.unwrapLone(what.Attr, value))
	default:
		value = r.value(what.Leaf(), value)
	}
	return setMember(op, "value", value)
}

// operationObject repairs the value of an operation if it should be an object of attributes:
// the operation has no path, or its path is an extension.
func (r *Repairs) operationObject(t *schema.ResourceType, op scim.Value) scim.Value {
	path := op.Find("path")
	if isRemove(op) || !hasMember(op, "value") || path.Kind() != scim.Null && !isExtension(t, path.Text()) {
		return op
	}
	return setMember(op, "value", r.attributeObject(op.Find("value")))
}

// isExtension reports whether a path names an extension as a whole.
func isExtension(t *schema.ResourceType, path string) bool {
	target, err := filter.ParsePath(path)
	what, known := filter.Resolve(t, target.Path)
	return err == nil && known && what.Attr == nil
}

// unwrapLone is oneElement for a path that selects elements of a multi-valued attribute.
func (r *Repairs) unwrapLone(attr *schema.Attribute, v scim.Value) scim.Value {
	single := *attr
	single.MultiValued = false
	return r.oneElement(&single, v)
}
