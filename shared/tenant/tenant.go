// Package tenant defines who is calling: tenants, the profile of their identity provider,
// their limits, and their credentials (RFC 7644 sections 2 and 6). It does no I/O; package
// tenantstore stores what is defined here.
package tenant

import (
	"slices"
	"strings"
	"time"
)

// ID identifies a tenant: one customer with one identity provider. Nothing of
// one tenant is visible to another (RFC 7644 section 6).
type ID string

// Valid reports whether id can be the id of a tenant: at most 63 lower-case letters, digits
// and hyphens, not starting with a hyphen.
func (id ID) Valid() bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	return id != "" && len(id) <= 63 && id[0] != '-' && strings.Trim(string(id), letters) == ""
}

// Profile selects the few behaviours in which identity providers contradict
// each other.
type Profile string

// The profiles. Generic suits any provider. Strict follows the RFCs and repairs nothing.
const (
	Generic Profile = "generic"
	Okta    Profile = "okta"
	Entra   Profile = "entra"
	Strict  Profile = "strict"
)

// Valid reports whether p is one of the four profiles.
func (p Profile) Valid() bool {
	switch p {
	case Generic, Okta, Entra, Strict:
		return true
	}
	return false
}

// State says whether a tenant's credentials work.
type State string

// The states. Deleting is final: such a tenant never returns to another state.
const (
	Active    State = "active"
	Suspended State = "suspended"
	Deleting  State = "deleting"
)

// Connect says how an account that the application made becomes a user of the tenant when
// its identity provider provisions the same person.
type Connect string

// The ways to connect. With ByApproval an operator decides about each account. With
// Automatic no approval is needed for accounts whose verified emails are in the tenant's
// domains.
const (
	ByApproval Connect = ""
	Automatic  Connect = "automatic"
)

// Valid reports whether c is one of the two ways.
func (c Connect) Valid() bool { return c == ByApproval || c == Automatic }

// Tenant is the record of one tenant.
type Tenant struct {
	ID            ID
	Name          string
	Profile       Profile
	State         State
	Since         time.Time // when it became active or stopped being active
	DeletingSince time.Time // when its deletion began; zero: it is not being deleted
	Domains       []string  // verified for this tenant alone, in lower case
	Connect       Connect
	// Reactivate changes the response to a POST of a user who exists and is not active:
	// the POST replaces and activates that user, instead of failing with 409.
	Reactivate bool
	Limits     Limits
	Key        APIKey
	KeySince   time.Time     // when Key was put into the record; zero without a key
	Schemas    SchemaVersion // of the schemas that it has added
	Created    time.Time
	Trace      Trace
}

// APIKey is the key by which API Gateway counts a tenant's requests. The zero value stands
// for the key that all tenants without their own share.
type APIKey struct{ ID, Value string }

// Caller is who makes a request, as the authorizer established it.
type Caller struct {
	Tenant     ID
	Profile    Profile
	Credential KeyID
	Scopes     []Scope
	Subject    string // the id of the one user that the credential acts for; "" for the whole tenant
	Limits     Limits // of the tenant; only those of Quotas are reliable
	Schemas    SchemaVersion
	Expires    time.Time // zero: does not expire
	Trace      Trace     // of the tenant
}

// May reports whether the caller's credential has a scope.
func (c Caller) May(s Scope) bool { return slices.Contains(c.Scopes, s) }
