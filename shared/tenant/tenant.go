// Package tenant names who is calling: tenants, the profile of their identity
// provider, their limits, and the credentials that act for them (RFC 7644
// sections 2 and 6). It does no I/O; package directory stores what is defined here.
package tenant

import (
	"regexp"
	"slices"
	"time"
)

// ID identifies a tenant: one customer with one identity provider. Nothing of
// one tenant is visible to another (RFC 7644 section 6).
type ID string

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Valid reports whether id may name a tenant: at most 63 lower-case letters,
// digits and hyphens, the first no hyphen.
func (id ID) Valid() bool { return idPattern.MatchString(string(id)) }

// Profile selects the few behaviours in which identity providers contradict
// each other.
type Profile string

// The profiles. Generic suits any provider; Strict answers as the RFCs read,
// without tolerance.
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

// The states. A tenant that is being deleted never becomes another one again.
const (
	Active    State = "active"
	Suspended State = "suspended"
	Deleting  State = "deleting"
)

// Connect says how an account that the application made becomes a user of the
// tenant, when its identity provider provisions the same person.
type Connect string

// The ways. By approval means that an operator decides on each account. Automatic
// means that none is asked for accounts whose verified emails are in the tenant's
// domains.
const (
	ByApproval Connect = ""
	Automatic  Connect = "automatic"
)

// Valid reports whether c is one of the two ways.
func (c Connect) Valid() bool { return c == ByApproval || c == Automatic }

// Tenant is the record of one tenant.
type Tenant struct {
	ID      ID
	Name    string
	Profile Profile
	State   State
	Since   time.Time // when it became active, or ceased to be
	Domains []string  // verified for this tenant alone, in lower case
	Connect Connect
	// Reactivate lets a POST of a user who exists and is deactivated replace and
	// activate that user, instead of being refused.
	Reactivate bool
	Limits     Limits
	Key        APIKey
	Created    time.Time
}

// APIKey is the key under which API Gateway counts a tenant's requests. The zero
// value means the key that all tenants without one share.
type APIKey struct{ ID, Value string }

// Caller is on whose behalf a request is made, as the authorizer established it.
type Caller struct {
	Tenant     ID
	Profile    Profile
	Credential KeyID
	Scopes     []Scope
	Subject    string    // the id of the one user whom the credential speaks for; "" for the whole tenant
	Limits     Limits    // of the tenant; what does not concern functions may be missing
	Expires    time.Time // zero: does not expire
}

// May reports whether the caller's credential has a scope.
func (c Caller) May(s Scope) bool { return slices.Contains(c.Scopes, s) }
