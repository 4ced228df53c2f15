package wording

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"scimserver/shared/admin"
)

// SchemaURN returns the id in the definition of a schema that an operator gives (RFC 7643 section 7). If there is
// none, the error says so. The service checks the rest of the definition.
func SchemaURN(definition []byte) (string, error) {
	var named struct {
		ID string `json:"id"`
	}
	var mismatch *json.UnmarshalTypeError
	switch err := json.Unmarshal(definition, &named); {
	case errors.As(err, &mismatch):
		return "", errors.New("the definition is not a JSON object whose id is a string")
	case err != nil:
		return "", fmt.Errorf("the definition is not a JSON object: %w", err)
	}
	if named.ID == "" {
		return "", errors.New("the definition has no id: it is the URN of the schema")
	}
	return named.ID, nil
}

// SchemaRemoval says what the removal of a schema does.
func SchemaRemoval(urn string) string {
	return fmt.Sprintf("This removes the schema %s. Its attributes are ignored from then on.", urn)
}

// SchemaAttribute is an attribute in the definition of a schema.
type SchemaAttribute struct {
	Name          string            `json:"name"`
	Type          string            `json:"type"`
	Description   string            `json:"description"`
	MultiValued   bool              `json:"multiValued"`
	Required      bool              `json:"required"`
	Mutability    string            `json:"mutability"`
	Returned      string            `json:"returned"`
	SubAttributes []SchemaAttribute `json:"subAttributes"`
}

// Kind says what values the attribute has: "string, several values, required".
func (a SchemaAttribute) Kind() string {
	kind := a.Type
	if a.MultiValued {
		kind += ", several values"
	}
	if a.Required {
		kind += ", required"
	}
	return kind
}

// SchemaName returns the name of a schema for people, or else its URN.
func SchemaName(s admin.TenantSchema) string {
	var definition struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(s.Definition, &definition) // the service has checked it
	return cmp.Or(definition.Name, s.URN)
}

// SchemaAttributes returns the attributes of a schema.
func SchemaAttributes(s admin.TenantSchema) []SchemaAttribute {
	var definition struct {
		Attributes []SchemaAttribute `json:"attributes"`
	}
	_ = json.Unmarshal(s.Definition, &definition) // the service has checked it
	return definition.Attributes
}
