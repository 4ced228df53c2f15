package tenant

import "time"

// SchemaVersion identifies the schemas of a tenant. Each change of the schemas gives them a new,
// random version. It is "" for a tenant that has no schemas of its own.
type SchemaVersion string

// Extension is a schema that a tenant has added to the users or groups.
type Extension struct {
	URN          string    `json:"urn"`
	ResourceType string    `json:"resourceType"` // User or Group
	Definition   string    `json:"definition"`   // a Schema resource as JSON (RFC 7643 section 7)
	Changed      time.Time `json:"changed"`
}
