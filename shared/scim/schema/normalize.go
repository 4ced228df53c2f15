package schema

import (
	"fmt"

	"scimserver/shared/scim"
)

// Rules say where a resource comes from, and what the tenant's profile demands of it.
type Rules struct {
	// RequireSchemas rejects a resource whose schemas attribute is missing or has a URN
	// that the resource type does not have. Otherwise the core URN is added, and unknown
	// URNs are removed.
	RequireSchemas bool
	// Stored says that the resource is a stored one with changes: its hidden members are
	// kept.
	Stored bool
}

// Normalize validates a resource that a client sent in a POST or PUT (RFC 7644 sections 3.3
// and 3.5.1), and returns it in canonical form: names and canonical values have the spelling
// of the schema, members have its order, and there are no readOnly attributes, unknown
// attributes or unassigned values. Two resources are equal if and only if their canonical
// JSON is. The error is an *scim.Error.
func (t *ResourceType) Normalize(v scim.Value, rules Rules) (scim.Value, error) {
	if v.Kind() != scim.Object {
		return scim.Value{}, scim.InvalidSyntax("the body must be a JSON object with a " + t.Name)
	}
	if err := t.checkSchemas(v.Find("schemas"), rules); err != nil {
		return scim.Value{}, err
	}
	doc := newDocument(t, v)
	for _, m := range v.Members() {
		if err := doc.addBodyMember(m); err != nil {
			return scim.Value{}, err
		}
	}
	normal, err := doc.finish()
	if err == nil && rules.Stored {
		normal = t.withHidden(normal, v)
	}
	return normal, err
}

// checkSchemas rejects a body whose schemas attribute names another resource type.
func (t *ResourceType) checkSchemas(v scim.Value, rules Rules) error {
	if v.IsEmpty() {
		if rules.RequireSchemas {
			return scim.InvalidSyntax("schemas is missing; it must name " + t.Core.ID)
		}
		return nil
	}
	if v.Kind() != scim.Array {
		return scim.InvalidSyntax("schemas must be an array of URNs")
	}
	core := false
	for _, item := range v.Items() {
		urn := item.Text()
		if item.Kind() != scim.String {
			return scim.InvalidSyntax("schemas must be an array of URNs")
		}
		core = core || scim.EqualName(urn, t.Core.ID)
		known := scim.EqualName(urn, t.Core.ID) || t.Extension(urn) != nil
		if !known && (rules.RequireSchemas || IsCoreURN(urn)) {
			return scim.InvalidSyntax(fmt.Sprintf("schemas names %q, which is not a schema of a %s", urn, t.Name))
		}
	}
	if !core && rules.RequireSchemas {
		return scim.InvalidSyntax("schemas must name " + t.Core.ID)
	}
	return nil
}

// IsCoreURN reports whether a URN, in any case, is that of a core schema of RFC 7643. Every
// profile rejects a body with the core URN of another resource type, because it was meant
// for another endpoint.
func IsCoreURN(urn string) bool {
	const core = "urn:ietf:params:scim:schemas:core:2.0:"
	return len(urn) >= len(core) && scim.EqualName(urn[:len(core)], core)
}

// Extension returns the type's extension schema with that URN, in any case, or nil if there
// is none.
func (t *ResourceType) Extension(urn string) *Schema {
	for _, ext := range t.Extensions {
		if scim.EqualName(ext.Schema.ID, urn) {
			return ext.Schema
		}
	}
	return nil
}

// document collects the canonical members of a resource.
type document struct {
	t *ResourceType
	collector
}

// The positions of members that are not core attributes. Extensions follow the last core
// attribute.
const (
	schemasPosition    = -2
	externalIDPosition = -1
	ignoredPosition    = -3 // of attributes that this service sets
)

// newDocument begins a document that will have most of the members of v.
func newDocument(t *ResourceType, v scim.Value) *document {
	d := &document{t: t, collector: newCollector(v.Members())}
	d.copySource()
	d.add(schemasPosition, "schemas", scim.Text(t.Core.ID)) // finish sets the final value
	return d
}

// addBodyMember normalizes one member of the body.
func (d *document) addBodyMember(m scim.Member) error {
	position, ok := d.t.position(m.Name)
	if !ok || position == ignoredPosition {
		return nil
	}
	name, v, err := d.t.normalizeAt(position, m.Value)
	if err == nil {
		d.addAssigned(position, name, v)
	}
	return err
}

// normalizeAt normalizes the value of the member at a position, and returns its name.
func (t *ResourceType) normalizeAt(position int, v scim.Value) (string, scim.Value, error) {
	core := t.Core.Attributes.list
	switch {
	case position >= len(core):
		ext := t.Extensions[position-len(core)].Schema
		v, err := ext.normalize(v)
		return ext.ID, v, err
	case position == externalIDPosition:
		v, err := t.externalID.normalize(v, errorPath{name: t.externalID.Name})
		return t.externalID.Name, v, err
	}
	v, err := core[position].normalize(v, errorPath{name: core[position].Name})
	return core[position].Name, v, err
}

// finish checks that required attributes and extensions are present. It sets schemas to the
// core schema and the extensions that the document has.
func (d *document) finish() (scim.Value, error) {
	if err := d.checkRequired(d.t.Core.Attributes, ""); err != nil {
		return scim.Value{}, err
	}
	urns := []scim.Value{scim.Text(d.t.Core.ID)}
	for i, ext := range d.t.Extensions {
		switch {
		case d.has(len(d.t.Core.Attributes.list) + i):
			urns = append(urns, scim.Text(ext.Schema.ID))
		case ext.Required:
			return scim.Value{}, scim.InvalidValue("the extension " + ext.Schema.ID + " is required")
		}
	}
	d.members[0].Value = scim.List(urns...)
	return scim.Map(d.members...), nil
}

// normalize normalizes the container of an extension.
func (s *Schema) normalize(v scim.Value) (scim.Value, error) {
	if v.IsEmpty() {
		return scim.Value{}, nil
	}
	return s.Attributes.normalize(v, errorPath{name: s.ID}, ":")
}

// normalize normalizes an object with the attributes of set. Error texts name an attribute
// by where, the separator and the attribute's name.
func (set Attributes) normalize(v scim.Value, where errorPath, separator string) (scim.Value, error) {
	if v.Kind() != scim.Object {
		return scim.Value{}, wrongKind(where, "an object", v)
	}
	c := newCollector(v.Members())
	prefix := where.String() + separator
	for _, m := range v.Members() {
		i, ok := set.index(m.Name)
		if !ok {
			continue
		}
		one, err := set.list[i].normalize(m.Value, errorPath{prefix, set.list[i].Name})
		if err != nil {
			return scim.Value{}, err
		}
		c.addAssigned(i, set.list[i].Name, one)
	}
	if len(c.members) == 0 {
		return scim.Value{}, nil
	}
	return scim.Map(c.members...), c.checkRequired(set, prefix)
}

// normalize validates the value of one attribute, single or multi-valued. An empty object
// is unassigned for a single-valued attribute, and an error for a multi-valued one.
func (a *Attribute) normalize(v scim.Value, path errorPath) (scim.Value, error) {
	if a.Mutability == ReadOnly || v.IsEmpty() && !(a.MultiValued && v.Kind() == scim.Object) {
		return scim.Value{}, nil
	}
	if !a.MultiValued {
		return a.normalizeSingle(v, path)
	}
	if v.Kind() != scim.Array {
		return scim.Value{}, wrongKind(path, "an array", v)
	}
	if n := len(v.Items()); n > MaxValues {
		return scim.Value{}, scim.InvalidValue(fmt.Sprintf("%s has %d values; the limit is %d", path, n, MaxValues))
	}
	var items elements
	for _, item := range v.Items() {
		if item.Kind() == scim.Null {
			return scim.Value{}, scim.InvalidValue(path.String() + " must not contain null")
		}
		one, err := a.normalizeSingle(item, path)
		if err != nil {
			return scim.Value{}, err
		}
		if !one.IsEmpty() && !a.Holds(items.list, one) {
			items.add(v.Items(), one)
		}
	}
	return scim.List(items.list...), checkOnePrimary(items.list, path)
}

// normalizeSingle validates one value.
func (a *Attribute) normalizeSingle(v scim.Value, path errorPath) (scim.Value, error) {
	if a.Type == Complex {
		return a.Sub.normalize(v, path, ".")
	}
	if err := a.checkSimple(v, path); err != nil {
		return scim.Value{}, err
	}
	for _, canonical := range a.CanonicalValues {
		if !a.CaseExact && scim.EqualName(v.Text(), canonical) {
			return scim.Text(canonical), nil
		}
	}
	return v, nil
}

// Holds reports whether items already contain v: no two elements of a multi-valued attribute
// have the same type and value (RFC 7643 section 2.4). Elements without the sub-attribute
// value, such as addresses, are the same if they are equal.
func (a *Attribute) Holds(items []scim.Value, v scim.Value) bool {
	for _, item := range items {
		switch {
		case a.Type != Complex || v.Get("value").IsEmpty():
			if item.Equal(v) {
				return true
			}
		case item.Get("value").Text() == v.Get("value").Text() && item.Get("type").Text() == v.Get("type").Text():
			return true
		}
	}
	return false
}

func checkOnePrimary(items []scim.Value, path errorPath) error {
	primaries := 0
	for _, item := range items {
		if item.Get("primary").IsTrue() {
			primaries++
		}
	}
	if primaries > 1 {
		return scim.InvalidValue(path.String() + " has more than one value with primary true")
	}
	return nil
}

func wrongKind(path errorPath, want string, got scim.Value) error {
	return scim.InvalidValue(fmt.Sprintf("%s must be %s, not a JSON %s", path, want, got.Kind()))
}
