package schema

import "scimserver/shared/scim"

// NormalizeValue validates the whole value of an attribute, an array where it is
// multi-valued, and returns it in canonical form. path names it in errors, which
// are *scim.Error.
func (a *Attribute) NormalizeValue(v scim.Value, path string) (scim.Value, error) {
	return a.normalize(v, errorPath{name: path})
}

// NormalizeOne validates one value of an attribute, an element where it is
// multi-valued.
func (a *Attribute) NormalizeOne(v scim.Value, path string) (scim.Value, error) {
	return a.normalizeSingle(v, errorPath{name: path})
}
