package schema

import "scimserver/shared/scim"

// NormalizeValue validates the whole value of an attribute (an array if the attribute is
// multi-valued), and returns it in canonical form. The error is an *scim.Error, and names
// the value by path.
func (a *Attribute) NormalizeValue(v scim.Value, path string) (scim.Value, error) {
	return a.normalize(v, errorPath{name: path})
}

// NormalizeOne is NormalizeValue for one value of an attribute: an element if the attribute
// is multi-valued.
func (a *Attribute) NormalizeOne(v scim.Value, path string) (scim.Value, error) {
	return a.normalizeSingle(v, errorPath{name: path})
}
