package schema

import (
	"slices"

	"scimserver/shared/scim"
)

// Widens reports whether the definitions alone show that s allows every value that old allows, for example if s
// only adds an optional attribute.
func (s *Schema) Widens(old *Schema) bool { return s.Attributes.widens(old.Attributes) }

func (set Attributes) widens(old Attributes) bool {
	for _, was := range old.list {
		if now := set.Find(was.Name); now == nil || !now.widens(was) {
			return false
		}
	}
	return !slices.ContainsFunc(set.list, func(a *Attribute) bool { return a.Required && old.Find(a.Name) == nil })
}

func (a *Attribute) widens(old *Attribute) bool {
	spelling := a.CaseExact || len(a.CanonicalValues) == 0 || slices.Equal(a.CanonicalValues, old.CanonicalValues)
	return a.Name == old.Name && a.Type == old.Type && a.MultiValued == old.MultiValued &&
		(old.Required || !a.Required) && spelling && a.Sub.widens(old.Sub)
}

// Fits reports whether a stored value of the extension is valid under this definition, and
// every part of it is defined.
func (s *Schema) Fits(v scim.Value) bool {
	normal, err := s.normalize(v)
	return err == nil && sameContents(normal, v)
}

// sameContents compares values without the order of members.
func sameContents(v, w scim.Value) bool {
	if v.Kind() == scim.Array && w.Kind() == scim.Array {
		return slices.EqualFunc(v.Items(), w.Items(), sameContents)
	}
	if v.Kind() != scim.Object || w.Kind() != scim.Object {
		return v.Equal(w)
	}
	for _, m := range v.Members() {
		if !sameContents(m.Value, w.Get(m.Name)) {
			return false
		}
	}
	return len(v.Members()) == len(w.Members())
}
