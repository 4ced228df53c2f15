package tenant

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"time"
)

// Scope is something a credential may do.
type Scope string

// The scopes of a credential: Read covers GET and searches, Write covers everything.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// Valid reports whether s is one of the two scopes.
func (s Scope) Valid() bool { return s == Read || s == Write }

// Effective returns what scopes amount to: Write includes Read, because changes are answered with what is stored.
func Effective(scopes []Scope) []Scope {
	if slices.Contains(scopes, Write) {
		return []Scope{Read, Write}
	}
	return scopes
}

// Kind says how a credential is used.
type Kind string

// The kinds. A BearerToken is sent with each request; a ClientSecret is changed
// for a short-lived access token first (OAuth 2.0 client credentials).
const (
	BearerToken  Kind = "token"
	ClientSecret Kind = "client"
)

// Valid reports whether k is one of the two kinds.
func (k Kind) Valid() bool { return k == BearerToken || k == ClientSecret }

// KeyID is the public part of a token; it finds the credential's record.
type KeyID string

// Credential is what is stored of a token or client secret: never the text itself.
type Credential struct {
	KeyID    KeyID
	Tenant   ID
	Kind     Kind
	Client   KeyID // of a ClientSecret: the client id, which is the key id of the client's first secret
	Hash     [sha256.Size]byte
	Scopes   []Scope // effective
	Subject  string  // the id of the one user whom it speaks for; "" for the whole tenant
	Created  time.Time
	Expires  time.Time     // zero: does not expire
	Lifetime time.Duration // that it was issued for; 0: unlimited
	Revoked  time.Time     // zero: was not revoked
	Used     time.Time     // last, to the hour or so; zero: never
}

// Proves reports whether token is the one that c was issued for, in constant
// time. The zero Credential is proved by no token but costs as much to compare,
// so that an unknown key id takes no other path than a known one.
func (c Credential) Proves(token string) bool {
	hash := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(hash[:], c.Hash[:]) == 1
}

// Expired reports whether the credential has passed its expiry at now.
func (c Credential) Expired(now time.Time) bool {
	return !c.Expires.IsZero() && !now.Before(c.Expires)
}

// Usable reports whether the credential is neither expired nor revoked at now.
func (c Credential) Usable(now time.Time) bool { return c.Revoked.IsZero() && !c.Expired(now) }
