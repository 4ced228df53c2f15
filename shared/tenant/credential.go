package tenant

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"time"
)

// Scope is a permission of a credential.
type Scope string

// The scopes of a credential: Read covers GET and searches, Write covers everything.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// Valid reports whether s is one of the two scopes.
func (s Scope) Valid() bool { return s == Read || s == Write }

// Effective returns scopes with those that they include: Write includes Read, because the
// response to a change shows what is stored.
func Effective(scopes []Scope) []Scope {
	if slices.Contains(scopes, Write) {
		return []Scope{Read, Write}
	}
	return scopes
}

// Kind says how a credential is used.
type Kind string

// The kinds. A BearerToken is sent with each request. A ClientSecret is exchanged for a
// short-lived access token first (OAuth 2.0 client credentials).
const (
	BearerToken  Kind = "token"
	ClientSecret Kind = "client"
)

// Valid reports whether k is one of the two kinds.
func (k Kind) Valid() bool { return k == BearerToken || k == ClientSecret }

// KeyID is the public part of a token. It identifies the credential's record.
type KeyID string

// Credential is what is stored about a token or client secret, never the text itself.
type Credential struct {
	KeyID    KeyID
	Tenant   ID
	Kind     Kind
	Client   KeyID // of a ClientSecret: the client id, which is the key id of the client's first secret
	Hash     [sha256.Size]byte
	Scopes   []Scope // effective
	Subject  string  // the id of the one user that it acts for; "" for the whole tenant
	Name     string  // chosen by the operator, to recognize it; "" for none
	Maker    string  // the IAM identity (ARN) that created it; "" if it is older than this field
	Created  time.Time
	Expires  time.Time     // zero: does not expire
	Lifetime time.Duration // with which it was issued; 0: unlimited
	Revoked  time.Time     // zero: was not revoked
	Used     time.Time     // last use, accurate to an hour; zero: never
	// Agent is what a client that uses it calls itself (User-Agent, RFC 9110 section 10.1.5), of several the one that
	// came last; "" if none does so. It is known only of credentials in a list.
	Agent string
	Seen  time.Time // when a request of Agent arrived, accurate to an hour
}

// Proves reports whether c was issued for token, in constant time. It is false for the zero
// Credential, but takes as long, so that the time does not reveal whether a key id exists.
func (c Credential) Proves(token string) bool {
	hash := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(hash[:], c.Hash[:]) == 1
}

// Expired reports whether the credential has passed its expiry at now.
func (c Credential) Expired(now time.Time) bool {
	return !c.Expires.IsZero() && !now.Before(c.Expires)
}

// WasRotated reports whether a rotation has ended the life of the credential before its time.
func (c Credential) WasRotated() bool {
	return !c.Expires.IsZero() && (c.Lifetime == 0 || c.Expires.Sub(c.Created) < c.Lifetime)
}

// Usable reports whether the credential is neither expired nor revoked at now.
func (c Credential) Usable(now time.Time) bool { return c.Revoked.IsZero() && !c.Expired(now) }
