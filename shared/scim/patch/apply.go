package patch

import (
	"fmt"
	"slices"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// applier applies operations to resources of one type.
type applier struct {
	t          *schema.ResourceType
	options    Options
	evaluation *filter.Evaluation // of all filters in paths
}

func (a applier) apply(doc scim.Value, op Operation) (scim.Value, error) {
	if op.Path == nil {
		return a.applyWithoutPath(doc, op)
	}
	target, ok := filter.Resolve(a.t, op.Path.Path)
	if !ok {
		return doc, scim.InvalidPath("a " + a.t.Name + " has no attribute " + op.Path.String())
	}
	if target.Attr == nil {
		return a.applyExtension(doc, op, target.Extension)
	}
	return a.updateContainer(doc, target.Extension, func(container scim.Value) (scim.Value, error) {
		return a.applyAttribute(container, op, target)
	})
}

// applyWithoutPath carries out an operation without a path: each member of its value is the
// name and the value of an attribute. Names that the schema does not have are ignored. A
// name that is a path is an error; otherwise it would be ignored, too.
func (a applier) applyWithoutPath(doc scim.Value, op Operation) (scim.Value, error) {
	for _, m := range op.Value.Members() {
		var err error
		if scim.EqualName(m.Name, a.t.Core.ID) {
			if doc, err = a.applyWithoutPath(doc, Operation{Op: op.Op, Value: m.Value}); err != nil {
				return doc, err
			}
			continue
		}
		path, ok := a.memberPath(m.Name)
		if !ok && strings.ContainsAny(m.Name, ".:[") && !a.isUnknownExtension(m) {
			return doc, scim.InvalidPath(fmt.Sprintf("%q is a path, not the name of an attribute; "+
				"send an operation of its own with that path", m.Name))
		}
		if !ok {
			continue
		}
		doc, err = a.apply(doc, Operation{Op: op.Op, Path: path, Value: m.Value, HasValue: true})
		if err != nil {
			return doc, err
		}
	}
	return doc, nil
}

// isUnknownExtension reports whether a member is an extension that the resource type does
// not have.
func (a applier) isUnknownExtension(m scim.Member) bool {
	ids := []string{a.t.Core.ID}
	for _, ext := range a.t.Extensions {
		ids = append(ids, ext.Schema.ID)
	}
	below := func(id string) bool { return len(m.Name) > len(id) && scim.EqualName(m.Name[:len(id)], id) }
	return m.Value.Kind() == scim.Object && below("urn:") && !slices.ContainsFunc(ids, below)
}

// memberPath returns the path that a member's name stands for, in the value of an operation
// without a path.
func (a applier) memberPath(name string) (*filter.Target, bool) {
	for _, ext := range a.t.Extensions {
		if scim.EqualName(ext.Schema.ID, name) {
			path, err := filter.ParsePath(ext.Schema.ID)
			return &path, err == nil
		}
	}
	path := filter.Target{Path: filter.Path{Attr: name}}
	_, ok := filter.Resolve(a.t, path.Path)
	return &path, ok
}

// applyExtension carries out an operation whose path is an extension: it removes the
// extension, or changes its attributes one by one.
func (a applier) applyExtension(doc scim.Value, op Operation, ext *schema.Schema) (scim.Value, error) {
	if op.Op == Remove || op.Op == Replace && op.Value.IsEmpty() {
		return doc.Without(ext.ID), nil
	}
	if op.Value.IsEmpty() {
		return doc, nil
	}
	if op.Value.Kind() != scim.Object {
		return doc, scim.InvalidValue(ext.ID + " must be an object")
	}
	return a.updateContainer(doc, ext, func(container scim.Value) (scim.Value, error) {
		for _, m := range op.Value.Members() {
			attr := ext.Attributes.Find(m.Name)
			if attr == nil {
				continue
			}
			var err error
			path := &filter.Target{Path: filter.Path{URN: ext.ID, Attr: attr.Name}}
			member := Operation{Op: op.Op, Path: path, Value: m.Value, HasValue: true}
			container, err = a.applyAttribute(container, member, filter.Attribute{Extension: ext, Attr: attr})
			if err != nil {
				return container, err
			}
		}
		return container, nil
	})
}

// updateContainer lets change replace the object that contains an attribute: the resource
// itself, or its member for the extension.
func (a applier) updateContainer(
	doc scim.Value, ext *schema.Schema, change func(scim.Value) (scim.Value, error),
) (scim.Value, error) {
	if ext == nil {
		return change(doc)
	}
	container, err := change(doc.Get(ext.ID))
	if err != nil {
		return doc, err
	}
	return setMember(doc, ext.ID, container), nil
}

// applyAttribute carries out an operation on an attribute of container.
func (a applier) applyAttribute(container scim.Value, op Operation, target filter.Attribute) (scim.Value, error) {
	attr, path := target.Attr, op.Path.String()
	if attr.Mutability == schema.ReadOnly || target.Sub != nil && target.Sub.Mutability == schema.ReadOnly {
		return container, a.readOnly(op, target)
	}
	if attr.Name == "schemas" && target.Extension == nil {
		return container, a.checkSchemas(op)
	}
	old := container.Get(attr.Name)
	now, err := a.changeAttribute(old, op, target)
	if err != nil {
		return container, err
	}
	if now.IsEmpty() && attr.Required && !old.IsEmpty() {
		return container, requiredError(op.Op, path)
	}
	if attr.Mutability == schema.Immutable && !old.IsEmpty() && now.JSON() != old.JSON() {
		return container, scim.Mutability(path + " is immutable and already has a value")
	}
	return setMember(container, attr.Name, now), nil
}

// readOnly rejects an operation on a readOnly attribute, unless it changes nothing and the
// profile accepts that.
func (a applier) readOnly(op Operation, target filter.Attribute) error {
	if a.options.SameReadOnly != nil && op.Op != Remove && op.Path.Filter == nil {
		if same, err := a.options.SameReadOnly(target, op.Value, op.Op == Add); same || err != nil {
			return err
		}
	}
	return scim.Mutability(op.Path.String() + " is readOnly")
}

// requiredError returns the error of an operation that would leave a required attribute
// without a value: mutability for a remove (RFC 7644 section 3.5.2.2), otherwise
// invalidValue.
func requiredError(op Op, path string) error {
	if op == Remove {
		return scim.Mutability(path + " is required and can't be removed")
	}
	return scim.InvalidValue(path + " is required and can't be empty")
}

// checkSchemas accepts the URNs of the resource type. They change nothing: the value of
// schemas is derived from the contents of the resource.
func (a applier) checkSchemas(op Operation) error {
	if op.Op == Remove {
		if op.Path.Filter == nil {
			return scim.Mutability("schemas is required and can't be removed")
		}
		return nil
	}
	if op.Op == Replace && op.Value.IsEmpty() {
		return requiredError(Replace, "schemas")
	}
	for _, item := range elements(op.Value) {
		if !scim.EqualName(item.Text(), a.t.Core.ID) && a.t.Extension(item.Text()) == nil {
			return scim.InvalidValue("schemas names a URN that is not a schema of a " + a.t.Name)
		}
	}
	return nil
}

// changeAttribute returns the new value of an attribute.
func (a applier) changeAttribute(old scim.Value, op Operation, target filter.Attribute) (scim.Value, error) {
	attr, sub := target.Attr, target.Sub
	if op.Path.Sub != "" {
		if sub = attr.Sub.Find(op.Path.Sub); sub == nil {
			return old, scim.InvalidPath(op.Path.String() + " names no sub-attribute")
		}
	}
	c := change{applier: a, op: op, attr: attr, sub: sub, path: op.Path.String()}
	switch {
	case sub != nil && sub.Mutability == schema.ReadOnly:
		return old, scim.Mutability(c.path + " is readOnly")
	case op.Path.Filter != nil && !attr.MultiValued:
		return c.changeFilteredSingle(old)
	case attr.MultiValued:
		return c.changeMultiValued(old)
	}
	return c.changeSingle(old)
}

// setMember returns the object with a member set, or removed if v is empty. The member's
// position does not matter, because the result is normalized.
func setMember(object scim.Value, name string, v scim.Value) scim.Value {
	rest := object.Without(name).Members()
	if v.IsEmpty() {
		return scim.Map(rest...)
	}
	return scim.Map(append(rest, scim.Member{Name: name, Value: v})...)
}

// elements returns the elements of v if it is an array, otherwise v itself as the only one.
func elements(v scim.Value) []scim.Value {
	switch v.Kind() {
	case scim.Array:
		return v.Items()
	case scim.Null:
		return nil
	}
	return []scim.Value{v}
}
