package admin

import (
	"time"

	"scimserver/shared/tenant"
)

// Tenant is a tenant as the API shows it.
type Tenant struct {
	ID            tenant.ID      `json:"id"`
	Name          string         `json:"name"`
	Profile       tenant.Profile `json:"profile"`
	State         tenant.State   `json:"state"`
	InactiveSince *time.Time     `json:"inactiveSince,omitempty"`
	Domains       []string       `json:"domains"`
	Connect       Connect        `json:"connect"`
	Reactivate    bool           `json:"reactivate"`
	Limits        Limits         `json:"limits"`
	// OwnThrottle says whether API Gateway counts this tenant's requests apart.
	OwnThrottle bool      `json:"ownThrottle"`
	Created     time.Time `json:"created"`
	Users       *int      `json:"users,omitempty"`  // counted for one tenant, not in lists
	Groups      *int      `json:"groups,omitempty"` // likewise
	Warning     string    `json:"warning,omitempty"`
}

// Limits are a tenant's limits; 0 users, groups or seconds mean no limit.
type Limits struct {
	RequestsPerSecond int   `json:"requestsPerSecond"`
	Burst             int   `json:"burst"`
	Users             int   `json:"users"`
	Groups            int   `json:"groups"`
	EmailsPerUser     int   `json:"emailsPerUser"`
	TokenAgeSeconds   int64 `json:"tokenAgeSeconds"`
}

// TenantList is a page of tenants in the order of their ids.
type TenantList struct {
	Tenants []Tenant  `json:"tenants"`
	Next    tenant.ID `json:"next,omitempty"` // to be given as after, where there are more
}

// NewTenant is the body that creates a tenant.
type NewTenant struct {
	ID tenant.ID `json:"id"`
	TenantChange
}

// TenantChange is the body that changes a tenant: what is missing stays.
type TenantChange struct {
	Name       *string         `json:"name,omitempty"`
	Profile    *tenant.Profile `json:"profile,omitempty"`
	Domains    *[]string       `json:"domains,omitempty"`
	Connect    *Connect        `json:"connect,omitempty"`
	Reactivate *bool           `json:"reactivate,omitempty"`
	Limits     *LimitsChange   `json:"limits,omitempty"`
}

// Connect is the API's word for a tenant.Connect.
type Connect string

// The words.
const (
	Approval  Connect = "approval"
	Automatic Connect = "automatic"
)

// LimitsChange changes limits: what is missing stays.
type LimitsChange struct {
	RequestsPerSecond *int   `json:"requestsPerSecond,omitempty"`
	Burst             *int   `json:"burst,omitempty"`
	Users             *int   `json:"users,omitempty"`
	Groups            *int   `json:"groups,omitempty"`
	EmailsPerUser     *int   `json:"emailsPerUser,omitempty"`
	TokenAgeSeconds   *int64 `json:"tokenAgeSeconds,omitempty"`
}

// Removal says how far the deletion of a tenant has come.
type Removal struct {
	Done        bool `json:"done"`
	Users       int  `json:"users"`  // left
	Groups      int  `json:"groups"` // left
	Teams       int  `json:"teams"`  // left
	WaitSeconds int  `json:"waitSeconds"`
}
