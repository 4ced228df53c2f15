package schema

import (
	"fmt"

	"scimserver/shared/scim"
)

func (r *Registry) readType(v scim.Value) (*ResourceType, error) {
	t := &ResourceType{
		Name:        v.Get("name").Text(),
		Description: v.Get("description").Text(),
		Endpoint:    v.Get("endpoint").Text(),
		Core:        r.Schema(v.Get("schema").Text()),
	}
	if t.Name == "" {
		return t, fmt.Errorf("the resource type has no name")
	}
	if t.Endpoint == "" {
		t.Endpoint = "/" + t.Name + "s"
	}
	if t.Core == nil {
		return t, fmt.Errorf("schema %q is not defined", v.Get("schema").Text())
	}
	var err error
	if t.common, err = common(); err != nil {
		return t, err
	}
	if err = t.overrideCommon(); err != nil {
		return t, err
	}
	for _, item := range v.Get("schemaExtensions").Items() {
		if err := r.addExtension(t, item); err != nil {
			return t, err
		}
	}
	t.assignPositions()
	t.indexCharacteristics()
	return t, nil
}

// addExtension adds an extension to a type. It warns if an attribute of the extension has
// the name of a core attribute (RFC 7643 section 3.3). That is not an error, because the
// attributes have different URNs.
func (r *Registry) addExtension(t *ResourceType, item scim.Value) error {
	urn := item.Get("schema").Text()
	ext := Extension{Schema: r.Schema(urn), Required: item.Get("required").IsTrue()}
	switch {
	case ext.Schema == nil:
		return fmt.Errorf("extension %q is not defined", urn)
	case ext.Schema == t.Core || t.Extension(urn) != nil:
		return fmt.Errorf("the resource type already has schema %q", urn)
	}
	for _, attr := range ext.Schema.Attributes.list {
		if t.core(attr.Name) != nil {
			warning := fmt.Sprintf("resource type %s: extension %s redefines %s", t.Name, urn, attr.Name)
			r.Warnings = append(r.Warnings, warning)
		}
	}
	t.Extensions = append(t.Extensions, ext)
	return nil
}

// overrideCommon sets the characteristics of RFC 7643 section 3.1 for the common attributes
// that the core schema lists. Those in the schema are ignored.
func (t *ResourceType) overrideCommon() (err error) {
	for _, attr := range t.Core.Attributes.list {
		if defined := t.common.Find(attr.Name); defined != nil {
			description := attr.Description
			*attr = *defined
			attr.Description = description
		}
	}
	t.Core.Attributes, err = attributes(t.Core.Attributes.list...)
	return err
}

// Has reports whether a resource can have a member with that name, in any case: an attribute, or an extension.
func (t *ResourceType) Has(name string) bool {
	_, ok := t.position(name)
	return ok
}

// position returns the position, in a document, of the member with that name, in any case.
func (t *ResourceType) position(name string) (position int, ok bool) {
	if position, ok = t.positions[name]; !ok {
		position, ok = t.positions[scim.FoldName(name)]
	}
	return position, ok
}

// assignPositions assigns a position to every possible member of a document. Common
// attributes come last, because they override those that a schema lists.
func (t *ResourceType) assignPositions() {
	t.positions = map[string]int{}
	put := func(name string, position int) {
		t.positions[name], t.positions[scim.FoldName(name)] = position, position
	}
	for i, ext := range t.Extensions {
		put(ext.Schema.ID, len(t.Core.Attributes.list)+i)
	}
	for i, attr := range t.Core.Attributes.list {
		put(attr.Name, i)
	}
	for _, attr := range t.common.list {
		put(attr.Name, ignoredPosition)
	}
	t.externalID = t.common.Find("externalId")
	put(t.externalID.Name, externalIDPosition)
}

// indexCharacteristics collects the attributes for Sent and Unique.
func (t *ResourceType) indexCharacteristics() {
	t.eachAttribute(func(n Named) {
		leaf := n.Leaf()
		if leaf.Returned == Request {
			t.onRequest = append(t.onRequest, n)
		}
		if leaf.Uniqueness != None {
			t.unique = append(t.unique, n)
		}
	})
}

// eachAttribute calls f for every attribute and sub-attribute, except the common ones.
func (t *ResourceType) eachAttribute(f func(Named)) {
	visit := func(ext *Schema, set Attributes) {
		for _, attr := range set.list {
			if ext == nil && t.common.Find(attr.Name) != nil {
				continue
			}
			f(Named{Extension: ext, Attr: attr})
			for _, sub := range attr.Sub.list {
				f(Named{Extension: ext, Attr: attr, Sub: sub})
			}
		}
	}
	visit(nil, t.Core.Attributes)
	for _, ext := range t.Extensions {
		visit(ext.Schema, ext.Schema.Attributes)
	}
}

// common returns the attributes of RFC 7643 section 3.1, and schemas (section 3).
func common() (Attributes, error) {
	meta, err := attributes(
		&Attribute{
			Name: "resourceType", Type: String, CaseExact: true,
			Mutability: ReadOnly, Returned: Default, Uniqueness: None,
		},
		&Attribute{Name: "created", Type: DateTime, Mutability: ReadOnly, Returned: Default, Uniqueness: None},
		&Attribute{Name: "lastModified", Type: DateTime, Mutability: ReadOnly, Returned: Default, Uniqueness: None},
		&Attribute{
			Name: "location", Type: Reference, CaseExact: true,
			Mutability: ReadOnly, Returned: Default, Uniqueness: None,
		},
		&Attribute{
			Name: "version", Type: String, CaseExact: true,
			Mutability: ReadOnly, Returned: Default, Uniqueness: None,
		},
	)
	if err != nil {
		return Attributes{}, err
	}
	return attributes(
		&Attribute{
			Name: "schemas", Type: Reference, MultiValued: true,
			Mutability: ReadWrite, Returned: Always, Uniqueness: None,
		},
		&Attribute{
			Name: "id", Type: String, CaseExact: true,
			Mutability: ReadOnly, Returned: Always, Uniqueness: Global,
		},
		&Attribute{
			Name: "externalId", Type: String, CaseExact: true,
			Mutability: ReadWrite, Returned: Default, Uniqueness: None,
		},
		&Attribute{Name: "meta", Type: Complex, Mutability: ReadOnly, Returned: Default, Uniqueness: None, Sub: meta},
	)
}
