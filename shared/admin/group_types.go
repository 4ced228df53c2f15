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
	Version    int64     `json:"version"`
}

// GroupList is a page of a tenant's groups.
type GroupList struct {
	Groups []Group `json:"groups"`
	Next   scim.ID `json:"next,omitempty"`
	AsOf   int64   `json:"asOf"` // as in UserList
}

// GroupDetails is a group with a page of its direct members.
type GroupDetails struct {
	Group
	Members []GroupMember `json:"members"`
	Next    string        `json:"next,omitempty"`
}

// GroupMember is a direct member of a group.
type GroupMember struct {
	ID   scim.ID `json:"id"`
	Kind string  `json:"kind"` // user or group
	Name string  `json:"name"` // the userName or displayName
}
