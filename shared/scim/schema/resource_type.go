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

// addExtension adds an extension to a type. That it has attributes of the core's names
// is no error, because its URN keeps them apart, but a warning (RFC 7643 section
// 3.3).
func (r *Registry) addExtension(t *ResourceType, item scim.Value) error {
	urn := item.Get("schema").Text()
	ext := Extension{Schema: r.Schema(urn), Required: item.Get("required").IsTrue()}
	switch {
	case ext.Schema == nil:
		return fmt.Errorf("extension %q is not defined", urn)
	case ext.Schema == t.Core || t.Extension(urn) != nil:
		return fmt.Errorf("schema %q is in the type already", urn)
	}
	for _, attr := range ext.Schema.Attributes.list {
		if t.core(attr.Name) != nil {
			r.Warnings = append(r.Warnings, fmt.Sprintf("resource type %s: extension %s redefines %s", t.Name, urn, attr.Name))
		}
	}
	t.Extensions = append(t.Extensions, ext)
	return nil
}

// overrideCommon gives the common attributes that the core schema lists the
// characteristics of RFC 7643 section 3.1, whatever the schema says of them.
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

// position finds where the member of that name, in any case, stands in a document.
func (t *ResourceType) position(name string) (place int, ok bool) {
	if place, ok = t.positions[name]; !ok {
		place, ok = t.positions[scim.FoldName(name)]
	}
	return place, ok
}

// assignPositions gives every member of a document its place. Common attributes come
// last, because they beat what a schema lists.
func (t *ResourceType) assignPositions() {
	t.positions = map[string]int{}
	put := func(name string, place int) { t.positions[name], t.positions[scim.FoldName(name)] = place, place }
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

// indexCharacteristics notes the attributes that need more than their own value to be handled.
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

// eachAttribute calls f for every attribute and sub-attribute outside the common ones.
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

// common defines the attributes of RFC 7643 section 3.1 and schemas (section 3).
func common() (Attributes, error) {
	meta, err := attributes(
		&Attribute{Name: "resourceType", Type: String, CaseExact: true, Mutability: ReadOnly, Returned: Default, Uniqueness: None},
		&Attribute{Name: "created", Type: DateTime, Mutability: ReadOnly, Returned: Default, Uniqueness: None},
		&Attribute{Name: "lastModified", Type: DateTime, Mutability: ReadOnly, Returned: Default, Uniqueness: None},
		&Attribute{Name: "location", Type: Reference, CaseExact: true, Mutability: ReadOnly, Returned: Default, Uniqueness: None},
		&Attribute{Name: "version", Type: String, CaseExact: true, Mutability: ReadOnly, Returned: Default, Uniqueness: None},
	)
	if err != nil {
		return Attributes{}, err
	}
	return attributes(
		&Attribute{Name: "schemas", Type: Reference, MultiValued: true, Mutability: ReadWrite, Returned: Always, Uniqueness: None},
		&Attribute{Name: "id", Type: String, CaseExact: true, Mutability: ReadOnly, Returned: Always, Uniqueness: Global},
		&Attribute{Name: "externalId", Type: String, CaseExact: true, Mutability: ReadWrite, Returned: Default, Uniqueness: None},
		&Attribute{Name: "meta", Type: Complex, Mutability: ReadOnly, Returned: Default, Uniqueness: None, Sub: meta},
	)
}
