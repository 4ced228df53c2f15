package admin

import (
	"time"

	"scimserver/shared/scim"
)

// Group is a group in the API.
type Group struct {
	ID         scim.ID   `json:"id"`
	Name       string    `json:"name"`
	ManagedBy  string    `json:"managedBy"` // scim
	ExternalID string    `json:"externalId,omitempty"`
	Created    time.Time `json:"created"`
	Modified   time.Time `json:"modified"`
}

// GroupList is a page of a tenant's groups.
type GroupList struct {
	Groups []Group `json:"groups"`
	Next   scim.ID `json:"next,omitempty"`
}
