// Package compat repairs requests that real identity providers send and the RFCs do not
// allow, before they are validated. Each file handles one deviation, and shows a request
// that has it. Profile strict repairs nothing; all other profiles repair everything, and
// report the names of the deviations.
package compat

import (
	"fmt"
	"slices"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Deviation is the name of a tolerated deviation, as the log shows it.
type Deviation string

// Repairs makes the repairs of one HTTP request, and collects their names. The zero value
// is ready for use.
type Repairs struct {
	names    []Deviation
	ignored  []string
	removals int // how many values the remove operations of one message name
}

// Names returns the deviations that were repaired, each once, in the order of the repairs.
func (r *Repairs) Names() []Deviation { return r.names }

func (r *Repairs) report(d Deviation) {
	if !slices.Contains(r.names, d) {
		r.names = append(r.names, d)
	}
}

// Resource repairs the body of a POST or PUT.
func (r *Repairs) Resource(t *schema.ResourceType, body scim.Value) scim.Value {
	if body.Kind() != scim.Object {
		return body
	}
	return r.object(t, r.repairSchemas(t, r.coreKeys(t, body)))
}

// Patch repairs a PATCH message. A repair may split or drop an operation, so sent has the
// number of each repaired operation in the original message, counted from 1; nil means that
// the numbers have not changed. The error is an *scim.Error about an ambiguous operation.
func (r *Repairs) Patch(t *schema.ResourceType, body scim.Value) (repaired scim.Value, sent []int, err error) {
	operations := body.Find("Operations")
	if operations.Kind() != scim.Array {
		return body, nil, nil
	}
	r.removals = 0
	var all []scim.Value
	for i, op := range operations.Items() {
		made, err := r.operation(t, op)
		if err != nil {
			err.Detail = fmt.Sprintf("operation %d: %s", i+1, err.Detail)
			return body, nil, err
		}
		all = append(all, made...)
		sent = append(sent, slices.Repeat([]int{i + 1}, len(made))...)
	}
	if len(all) == 0 {
		all, sent = r.noOperations(), []int{1}
	}
	members := make([]scim.Member, len(body.Members()))
	for i, m := range body.Members() {
		if members[i] = m; scim.EqualName(m.Name, "Operations") {
			members[i].Value = scim.List(all...)
		}
	}
	return scim.Map(members...), sent, nil
}

// operation repairs one operation. Several may take its place, or none.
func (r *Repairs) operation(t *schema.ResourceType, op scim.Value) (all []scim.Value, err *scim.Error) {
	if op.Kind() != scim.Object {
		return []scim.Value{op}, nil
	}
	op = r.paths(t, op)
	if r.unknownPath(t, op) {
		return nil, nil
	}
	op = r.dropReadOnlyEchoes(t, r.operationObject(t, op))
	if err := checkNamesOnce(t, op); err != nil {
		return nil, err
	}
	removals, err := r.removeValue(t, op)
	for _, removal := range removals {
		for _, one := range r.splitKeys(t, removal) {
			all = append(all, r.operationValue(t, one))
		}
	}
	return all, err
}

// object repairs the values of a resource's attributes, including those of extensions.
func (r *Repairs) object(t *schema.ResourceType, v scim.Value) scim.Value {
	return mapMembers(v, func(m scim.Member) scim.Value {
		ext, attr := t.Extension(m.Name), t.Core.Attributes.Find(m.Name)
		switch {
		case ext != nil:
			return r.container(ext, r.attributeObject(m.Value))
		case attr != nil:
			return r.value(attr, m.Value)
		case scim.EqualName(m.Name, t.Core.ID):
			return r.object(t, m.Value)
		}
		if !t.Has(m.Name) {
			r.ignore("", m.Name)
		}
		return m.Value
	})
}

// attributeObject repairs a value that should be an object of attributes.
func (r *Repairs) attributeObject(v scim.Value) scim.Value {
	return r.arrayForObject(r.textForObject(v))
}

// container repairs the values of an extension's attributes.
func (r *Repairs) container(ext *schema.Schema, v scim.Value) scim.Value {
	return r.attributes(ext.ID, ":", ext.Attributes, v)
}

// attributes repairs the members of a complex value or of an extension. The name of a member begins with
// that of its parent and a separator.
func (r *Repairs) attributes(parent, separator string, set schema.Attributes, v scim.Value) scim.Value {
	return mapMembers(v, func(m scim.Member) scim.Value {
		if attr := set.Find(m.Name); attr != nil {
			return r.value(attr, m.Value)
		}
		r.ignore(parent+separator, m.Name)
		return m.Value
	})
}

// value repairs the whole value of an attribute.
func (r *Repairs) value(attr *schema.Attribute, v scim.Value) scim.Value {
	v = r.oneElement(attr, r.bareValues(attr, r.loneObject(attr, r.wrapScalar(attr, v))))
	if v.Kind() != scim.Array || !attr.MultiValued {
		return r.element(attr, v)
	}
	return mapItems(v, func(item scim.Value) scim.Value { return r.element(attr, item) })
}

// element repairs one value of an attribute.
func (r *Repairs) element(attr *schema.Attribute, v scim.Value) scim.Value {
	if attr.Type == schema.Complex {
		return r.attributes(attr.Name, ".", attr.Sub, v)
	}
	return r.parseBoolean(attr, v)
}

// mapMembers returns the object v with the value of each member replaced. It returns any
// other value unchanged, and v itself if no member changes.
func mapMembers(v scim.Value, f func(scim.Member) scim.Value) scim.Value {
	members, changed := mapChanged(v.Members(), func(m scim.Member) (scim.Member, bool) {
		value := f(m)
		return scim.Member{Name: m.Name, Value: value}, !value.Identical(m.Value)
	})
	if !changed {
		return v
	}
	return scim.Map(members...)
}

// mapItems is mapMembers for the elements of an array.
func mapItems(v scim.Value, f func(scim.Value) scim.Value) scim.Value {
	items, changed := mapChanged(v.Items(), func(item scim.Value) (scim.Value, bool) {
		value := f(item)
		return value, !value.Identical(item)
	})
	if !changed {
		return v
	}
	return scim.List(items...)
}

// mapChanged replaces the elements that f changes. It copies the list only if there is one.
func mapChanged[T any](all []T, f func(T) (T, bool)) (out []T, changed bool) {
	out = all
	for i, one := range all {
		value, differs := f(one)
		if differs && !changed {
			out, changed = slices.Clone(all), true
		}
		if differs {
			out[i] = value
		}
	}
	return out, changed
}

// setMember returns the object v with a member added, or replaced if there is one with that
// name in any case.
func setMember(v scim.Value, name string, value scim.Value) scim.Value {
	return scim.Map(append(withoutMember(v, name).Members(), scim.Member{Name: name, Value: value})...)
}

// hasMember reports whether the object v has a member with that name, in any case. Its value
// may be null.
func hasMember(v scim.Value, name string) bool {
	return slices.ContainsFunc(v.Members(), func(m scim.Member) bool { return scim.EqualName(m.Name, name) })
}

// withoutMember returns the object v without the member with that name, in any case.
func withoutMember(v scim.Value, name string) scim.Value {
	rest := make([]scim.Member, 0, len(v.Members())+1)
	for _, m := range v.Members() {
		if !scim.EqualName(m.Name, name) {
			rest = append(rest, m)
		}
	}
	return scim.Map(rest...)
}
