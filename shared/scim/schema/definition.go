package schema

import (
	"fmt"

	"scimserver/shared/scim"
)

// ParseDefinition reads the definition of an extension that a person wrote, in the format
// of RFC 7643 section 7. Unlike Load it refuses members that the format does not have, so
// that a misspelled characteristic is not ignored. The error names the attribute.
func (r *Registry) ParseDefinition(v scim.Value) (*Schema, error) {
	if err := checkMembers(v, definitionMembers()); err != nil {
		return nil, err
	}
	if err := checkAttributeMembers(v.Get("attributes")); err != nil {
		return nil, err
	}
	s, err := readSchema(v)
	if err != nil {
		return nil, err
	}
	if len(s.Attributes.list) == 0 {
		return nil, fmt.Errorf("the schema has no attributes")
	}
	targets := []string{"external", "uri"}
	for _, t := range r.Types {
		targets = append(targets, t.Name)
	}
	return s, checkReferences(s.Attributes, targets)
}

// definitionMembers are the members of a Schema resource, with their JSON types. meta is
// ignored.
func definitionMembers() map[string]scim.Kind {
	return map[string]scim.Kind{
		"schemas": scim.Array, "id": scim.String, "name": scim.String, "description": scim.String,
		"attributes": scim.Array, "meta": scim.Object,
	}
}

// characteristics are the members of the definition of an attribute, with their JSON types.
func characteristics() map[string]scim.Kind {
	return map[string]scim.Kind{
		"name": scim.String, "type": scim.String, "description": scim.String, "mutability": scim.String,
		"returned": scim.String, "uniqueness": scim.String, "multiValued": scim.Bool, "required": scim.Bool,
		"caseExact": scim.Bool, "canonicalValues": scim.Array, "referenceTypes": scim.Array,
		"subAttributes": scim.Array,
	}
}

// checkAttributeMembers checks the definitions of attributes, and those of their
// sub-attributes.
func checkAttributeMembers(list scim.Value) error {
	for _, attr := range list.Items() {
		err := checkMembers(attr, characteristics())
		if err == nil {
			err = checkTexts(attr, "canonicalValues", "referenceTypes")
		}
		if err == nil {
			err = checkAttributeMembers(attr.Get("subAttributes"))
		}
		if err != nil {
			return fmt.Errorf("attribute %q: %w", attr.Get("name").Text(), err)
		}
	}
	return nil
}

// checkMembers refuses an object with a member that allowed lacks, or that has another type.
func checkMembers(v scim.Value, allowed map[string]scim.Kind) error {
	if v.Kind() != scim.Object {
		return fmt.Errorf("a definition must be a JSON object, not a JSON %s", v.Kind())
	}
	for _, m := range v.Members() {
		want, ok := allowed[m.Name]
		if !ok {
			return fmt.Errorf("%q is not a member of RFC 7643 section 7; check its spelling and its case", m.Name)
		}
		if m.Value.Kind() != want {
			return fmt.Errorf("%s must be a JSON %s, not a JSON %s", m.Name, want, m.Value.Kind())
		}
	}
	return nil
}

// checkTexts refuses members whose elements are not all texts.
func checkTexts(v scim.Value, names ...string) error {
	for _, name := range names {
		for _, item := range v.Get(name).Items() {
			if item.Kind() != scim.String {
				return fmt.Errorf("%s must hold strings, not a JSON %s", name, item.Kind())
			}
		}
	}
	return nil
}
