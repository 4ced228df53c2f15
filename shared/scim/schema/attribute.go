package schema

import "scimserver/shared/scim"

// NormalizeValue validates the whole value of an attribute, an array where it is
// multi-valued, and returns it in canonical form. path names it in errors, which
// are *scim.Error.
func (a *Attribute) NormalizeValue(v scim.Value, path string) (scim.Value, error) {
	return a.normalize(v, at{name: path})
}

// NormalizeOne validates one value of an attribute, an element where it is
// multi-valued.
func (a *Attribute) NormalizeOne(v scim.Value, path string) (scim.Value, error) {
	return a.single(v, at{name: path})
}

// Extension returns the type's extension schema of that URN in any case, nil
// where it has none.
func (t *ResourceType) Extension(urn string) *Schema { return t.extension(urn) }

// Holds reports whether items hold v already: by value and type, the pair that
// RFC 7643 section 2.4 wants once, or by value alone where it is not complex.
func (a *Attribute) Holds(items []scim.Value, v scim.Value) bool { return a.holds(items, v) }
