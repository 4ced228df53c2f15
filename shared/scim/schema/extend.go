package schema

import (
	"fmt"
	"slices"
)

// Addition is an extension that a registry lacks.
type Addition struct {
	Type   string // the name of the resource type that it extends
	Schema *Schema
}

// Extend returns a registry that has further extensions. No resource is required to have
// them. r itself is not changed.
func (r *Registry) Extend(additions []Addition) (*Registry, error) {
	more := &Registry{Schemas: slices.Clone(r.Schemas), Types: slices.Clone(r.Types)}
	for _, a := range additions {
		at := slices.IndexFunc(more.Types, func(t *ResourceType) bool { return t.Name == a.Type })
		if at < 0 {
			return nil, fmt.Errorf("there is no resource type %q", a.Type)
		}
		if more.Schema(a.Schema.ID) != nil {
			return nil, fmt.Errorf("schema %s is defined twice", a.Schema.ID)
		}
		more.Types[at] = more.Types[at].with(a.Schema)
		more.Schemas = append(more.Schemas, a.Schema)
	}
	return more, nil
}

// with returns the type with a further extension.
func (t *ResourceType) with(s *Schema) *ResourceType {
	more := *t
	more.Extensions = append(slices.Clone(t.Extensions), Extension{Schema: s, added: true})
	more.onRequest, more.unique = nil, nil
	more.assignPositions()
	more.indexCharacteristics()
	return &more
}
