// Package tenant names who is calling: tenants, the profile of their identity
// provider, and the credentials that act for them (RFC 7644 sections 2 and 6).
// It does no I/O; package directory stores what is defined here.
package tenant

import (
	"slices"
	"time"
)

// ID identifies a tenant: one customer with one identity provider. Nothing of
// one tenant is visible to another (RFC 7644 section 6).
type ID string

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

// Tenant is the record of one tenant.
type Tenant struct {
	ID      ID
	Name    string
	Profile Profile
}

// Caller is on whose behalf a request is made, as the authorizer established it.
type Caller struct {
	Tenant     ID
	Profile    Profile
	Credential KeyID
	Scopes     []Scope
	Expires    time.Time // zero: does not expire
}

// May reports whether the caller's credential has a scope.
func (c Caller) May(s Scope) bool { return slices.Contains(c.Scopes, s) }
