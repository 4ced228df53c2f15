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

// Credential is a credential as the API shows it: never its token.
type Credential struct {
	Key     tenant.KeyID   `json:"key"`
	Kind    tenant.Kind    `json:"kind"`
	Client  tenant.KeyID   `json:"clientId,omitempty"`
	State   string         `json:"state"` // active, expired or revoked
	Scopes  []tenant.Scope `json:"scopes"`
	Subject string         `json:"subject,omitempty"`
	Created time.Time      `json:"created"`
	Expires *time.Time     `json:"expires,omitempty"`
	Revoked *time.Time     `json:"revoked,omitempty"`
	Used    *time.Time     `json:"lastUsed,omitempty"`
}

// CredentialList is a page of a tenant's credentials.
type CredentialList struct {
	Credentials []Credential `json:"credentials"`
	Next        tenant.KeyID `json:"next,omitempty"`
}

// NewCredential is the body that creates a credential. What is given must not be
// empty: an empty subject would be the whole tenant.
type NewCredential struct {
	Kind      tenant.Kind    `json:"kind,omitempty"`      // token unless given
	Client    *tenant.KeyID  `json:"clientId,omitempty"`  // of a client that gets another secret
	Scopes    []tenant.Scope `json:"scopes,omitzero"`     // write includes read; unless given write, of a subject's token read
	Subject   *string        `json:"subject,omitempty"`   // id or userName of the one user it speaks for
	ExpiresIn *int64         `json:"expiresIn,omitempty"` // seconds; never, or the tenant's limit, unless given
}

// Issued is a credential with its secret, which is shown this once.
type Issued struct {
	Credential
	Secret string `json:"secret"` // the token, or the client secret
}

// Rotation is the body that rotates a credential.
type Rotation struct {
	OverlapSeconds *int64 `json:"overlapSeconds,omitempty"` // how long the old one still works; a day unless given
}

// Rotated is the outcome of a rotation.
type Rotated struct {
	New Issued     `json:"new"`
	Old Credential `json:"old"`
}

// Revoked is the outcome of a revocation.
type Revoked struct {
	Credential
	WorksForSeconds int `json:"worksForSeconds"` // at most, where it was remembered
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
