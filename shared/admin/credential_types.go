package admin

import (
	"time"

	"scimserver/shared/tenant"
)

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
