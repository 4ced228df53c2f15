package admin

import (
	"time"

	"scimserver/shared/tenant"
)

// Tenant is a tenant in the API.
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
	// OwnThrottle says whether the tenant has an API key of its own, by which API Gateway throttles it.
	OwnThrottle bool      `json:"ownThrottle"`
	Created     time.Time `json:"created"`
	Users       *int      `json:"users,omitempty"`  // only in the answer for a single tenant
	Groups      *int      `json:"groups,omitempty"` // likewise
	Warning     string    `json:"warning,omitempty"`
	// EffectiveSeconds is set in the answer to a change: after this number of seconds, the authorizer's cache
	// has expired, and all requests follow the change.
	EffectiveSeconds int64 `json:"effectiveSeconds,omitempty"`

	changed []string // the members that a change has given another value, for the log
}

// Limits are a tenant's limits. 0 users, groups or seconds means no limit.
type Limits struct {
	RequestsPerSecond int   `json:"requestsPerSecond"`
	Burst             int   `json:"burst"`
	Users             int   `json:"users"`
	Groups            int   `json:"groups"`
	EmailsPerUser     int   `json:"emailsPerUser"`
	TokenAgeSeconds   int64 `json:"tokenAgeSeconds"`
}

// TenantList is a page of tenants, ordered by id.
type TenantList struct {
	Tenants []Tenant  `json:"tenants"`
	Next    tenant.ID `json:"next,omitempty"` // the value of after for the next page
}

// NewTenant is the body that creates a tenant.
type NewTenant struct {
	ID tenant.ID `json:"id"`
	TenantChange
}

// TenantChange is the body that changes a tenant. Missing members are unchanged.
type TenantChange struct {
	Name       *string         `json:"name,omitempty"`
	Profile    *tenant.Profile `json:"profile,omitempty"`
	Domains    *[]string       `json:"domains,omitempty"`
	Connect    *Connect        `json:"connect,omitempty"`
	Reactivate *bool           `json:"reactivate,omitempty"`
	Limits     *LimitsChange   `json:"limits,omitempty"`
}

// Connect is the API's name for a tenant.Connect.
type Connect string

// The values of Connect.
const (
	Approval  Connect = "approval"
	Automatic Connect = "automatic"
)

// LimitsChange changes limits. Missing members are unchanged.
type LimitsChange struct {
	RequestsPerSecond *int   `json:"requestsPerSecond,omitempty"`
	Burst             *int   `json:"burst,omitempty"`
	Users             *int   `json:"users,omitempty"`
	Groups            *int   `json:"groups,omitempty"`
	EmailsPerUser     *int   `json:"emailsPerUser,omitempty"`
	TokenAgeSeconds   *int64 `json:"tokenAgeSeconds,omitempty"`
}

// Removal says how much of a tenant is still to be deleted.
type Removal struct {
	Done        bool `json:"done"`
	Users       int  `json:"users"`  // left
	Groups      int  `json:"groups"` // left
	Teams       int  `json:"teams"`  // left
	WaitSeconds int  `json:"waitSeconds"`
}
