package schema

import "scimserver/shared/scim"

// Value returns the Schema resource without meta. Defaults are included.
func (s *Schema) Value() scim.Value {
	return scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(scim.SchemaSchema)},
		scim.Member{Name: "id", Value: scim.Text(s.ID)},
		scim.Member{Name: "name", Value: scim.Text(s.Name)},
		scim.Member{Name: "description", Value: scim.Text(s.Description)},
		scim.Member{Name: "attributes", Value: s.Attributes.value()},
	)
}

func (a Attributes) value() scim.Value {
	items := make([]scim.Value, len(a.list))
	for i, attr := range a.list {
		items[i] = attr.value()
	}
	return scim.List(items...)
}

// value returns the definition of an attribute, without characteristics that do not apply
// to its type.
func (a *Attribute) value() scim.Value {
	members := []scim.Member{
		{Name: "name", Value: scim.Text(a.Name)},
		{Name: "type", Value: scim.Text(string(a.Type))},
		{Name: "multiValued", Value: scim.Boolean(a.MultiValued)},
		{Name: "description", Value: scim.Text(a.Description)},
		{Name: "required", Value: scim.Boolean(a.Required)},
	}
	add := func(name string, v scim.Value) { members = append(members, scim.Member{Name: name, Value: v}) }
	if len(a.CanonicalValues) > 0 {
		add("canonicalValues", scim.Texts(a.CanonicalValues...))
	}
	compared := a.Type != Complex && a.Type != Boolean
	if compared {
		add("caseExact", scim.Boolean(a.CaseExact))
	}
	add("mutability", scim.Text(string(a.Mutability)))
	add("returned", scim.Text(string(a.Returned)))
	if compared {
		add("uniqueness", scim.Text(string(a.Uniqueness)))
	}
	if len(a.ReferenceTypes) > 0 {
		add("referenceTypes", scim.Texts(a.ReferenceTypes...))
	}
	if a.Type == Complex {
		add("subAttributes", a.Sub.value())
	}
	return scim.Map(members...)
}

// Value returns the ResourceType resource without meta.
func (t *ResourceType) Value() scim.Value {
	extensions := make([]scim.Value, len(t.Extensions))
	for i, ext := range t.Extensions {
		extensions[i] = scim.Map(
			scim.Member{Name: "schema", Value: scim.Text(ext.Schema.ID)},
			scim.Member{Name: "required", Value: scim.Boolean(ext.Required)},
		)
	}
	return scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(scim.ResourceTypeSchema)},
		scim.Member{Name: "id", Value: scim.Text(t.Name)},
		scim.Member{Name: "name", Value: scim.Text(t.Name)},
		scim.Member{Name: "description", Value: scim.Text(t.Description)},
		scim.Member{Name: "endpoint", Value: scim.Text(t.Endpoint)},
		scim.Member{Name: "schema", Value: scim.Text(t.Core.ID)},
		scim.Member{Name: "schemaExtensions", Value: scim.List(extensions...)},
	)
}
