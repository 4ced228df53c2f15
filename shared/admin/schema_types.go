package admin

import (
	"encoding/json"
	"time"
)

// TenantSchema is an extension of users or groups that a tenant has added.
type TenantSchema struct {
	URN          string          `json:"urn"`
	ResourceType string          `json:"resourceType"` // User or Group
	Definition   json.RawMessage `json:"definition"`   // a Schema resource (RFC 7643 section 7) with all defaults
	Changed      time.Time       `json:"changed"`
	// EffectiveSeconds is set in the answer to a change: after this number of seconds, all requests
	// follow the change.
	EffectiveSeconds int64 `json:"effectiveSeconds,omitempty"`
	// Note says in words, in the answer to a change, what requests do until then.
	Note string `json:"note,omitempty"`
}

// TenantSchemaList are all extensions of a tenant.
type TenantSchemaList struct {
	Schemas []TenantSchema `json:"schemas"`
}

// SchemaDefinition is the body that adds an extension, or changes its definition.
type SchemaDefinition struct {
	ResourceType string          `json:"resourceType"`
	Definition   json.RawMessage `json:"definition"`
}
