package admin

import (
	"time"

	"scimserver/shared/tenant"
)

// Credential is a credential in the API. It never contains the secret.
type Credential struct {
	Key     tenant.KeyID   `json:"key"`
	Name    string         `json:"name,omitempty"`
	Kind    tenant.Kind    `json:"kind"`
	Client  tenant.KeyID   `json:"clientId,omitempty"`
	State   string         `json:"state"` // active, expired or revoked
	Scopes  []tenant.Scope `json:"scopes"`
	Subject string         `json:"subject,omitempty"`
	Created time.Time      `json:"created"`
	Maker   string         `json:"createdBy,omitempty"` // the IAM identity that created it
	Expires *time.Time     `json:"expires,omitempty"`
	Revoked *time.Time     `json:"revoked,omitempty"`
	Used    *time.Time     `json:"lastUsed,omitempty"`
	Agent   string         `json:"userAgent,omitempty"`     // what the last client calls itself; only in lists
	Seen    *time.Time     `json:"userAgentSeen,omitempty"` // when a request of it arrived, accurate to an hour
}

// CredentialList is a page of a tenant's credentials.
type CredentialList struct {
	Credentials []Credential `json:"credentials"`
	Next        tenant.KeyID `json:"next,omitempty"`
}

// NewCredential is the body that creates a credential. Members that are given must not be empty,
// because an empty subject would mean the whole tenant.
type NewCredential struct {
	Kind      tenant.Kind    `json:"kind,omitempty"`      // default: token
	Client    *tenant.KeyID  `json:"clientId,omitempty"`  // an existing client that gets another secret
	Scopes    []tenant.Scope `json:"scopes,omitzero"`     // write includes read; default: both, read for a user's token
	Subject   *string        `json:"subject,omitempty"`   // id or userName of the one user to whom the token belongs
	Name      string         `json:"name,omitempty"`      // to recognize it, such as "Okta production"
	ExpiresIn *int64         `json:"expiresIn,omitempty"` // seconds; default: 365 days, or the tenant's shorter limit
	Never     bool           `json:"neverExpires,omitempty"`
	Maker     string         `json:"-"` // the operator's IAM identity
}

// Issued is a new credential with its secret, which is shown only once, and with the other values that the
// provider's administrator needs.
type Issued struct {
	Credential
	Secret        string         `json:"secret"` // the token, or the client secret
	Profile       tenant.Profile `json:"profile"`
	BaseURL       string         `json:"baseUrl,omitempty"`
	TokenEndpoint string         `json:"tokenEndpoint,omitempty"` // only for a client
	Warning       string         `json:"warning,omitempty"`       // why it does not work yet
}

// Rotation is the body that rotates a credential.
type Rotation struct {
	OverlapSeconds *int64 `json:"overlapSeconds,omitempty"` // how long the old one still works; default: a day
	Maker          string `json:"-"`                        // the operator's IAM identity
}

// Rotated is the answer to a rotation.
type Rotated struct {
	New Issued     `json:"new"`
	Old Credential `json:"old"`
}

// Revoked is the answer to a revocation.
type Revoked struct {
	Credential
	WorksForSeconds int `json:"worksForSeconds"` // the longest time until all caches have expired
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
