package admin

import (
	"encoding/json"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// User is a user of a tenant in the API. It never contains a password or its hash.
type User struct {
	ID           scim.ID     `json:"id"`
	UserName     string      `json:"userName"`
	DisplayName  string      `json:"displayName,omitempty"`
	ExternalID   string      `json:"externalId,omitempty"`
	Active       bool        `json:"active"` // false only if the provider has said so
	Emails       []UserEmail `json:"emails"`
	Version      int64       `json:"version"`
	Created      time.Time   `json:"created"`
	LastModified time.Time   `json:"lastModified"`
	// Attributes is the user as in SCIM (RFC 7643 section 4.1), without id, meta, groups and
	// password.
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

// UserEmail is an email of a user.
type UserEmail struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary"`
}

// UserList is a page of a tenant's users, ordered by id.
type UserList struct {
	Users []User  `json:"users"`
	Next  scim.ID `json:"next,omitempty"` // the value of after for the next page
	// AsOf is the sequence of the tenant's newest event before the page was read. The page
	// shows the changes of all events up to it, and perhaps later ones.
	AsOf int64 `json:"asOf"`
}

// UserDetails is a user with what the user belongs to.
type UserDetails struct {
	User
	HasPassword bool         `json:"hasPassword"`
	Groups      []Membership `json:"groups"`
	Teams       []Membership `json:"teams"`
}

// Membership is a group or team that a user belongs to.
type Membership struct {
	ID     scim.ID   `json:"id"`
	Name   string    `json:"name"`
	Direct *bool     `json:"direct,omitempty"` // of a group: false means through a nested group
	Tenant tenant.ID `json:"tenant,omitempty"` // of a team
}

// FoundPerson is a user or an account that a search over all tenants has found.
type FoundPerson struct {
	Kind   string    `json:"kind"`             // user or account
	Tenant tenant.ID `json:"tenant,omitempty"` // of a user
	User
}

// FoundPersons is a part of what a search over all tenants has found.
type FoundPersons struct {
	Users []FoundPerson `json:"users"`
	// Next continues the search in more tenants: the value of after for the next request.
	Next tenant.ID `json:"next,omitempty"`
	// More are the tenants that have more users with the externalId than the answer shows.
	More []tenant.ID `json:"more,omitempty"`
}
