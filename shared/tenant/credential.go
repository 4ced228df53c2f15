package tenant

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

// Scope is something a credential may do.
type Scope string

// The scopes of a credential: Read covers GET and searches, Write the rest.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// KeyID is the public part of a token; it finds the credential's record.
type KeyID string

// Credential is what is stored of a bearer token: never the token itself.
type Credential struct {
	KeyID   KeyID
	Tenant  ID
	Hash    [sha256.Size]byte
	Scopes  []Scope
	Created time.Time
	Expires time.Time // zero: does not expire
}

// ErrMalformed says that a string is no token of ours: its shape or its
// checksum is wrong. It is known without reading any record.
var ErrMalformed = errors.New("malformed token")

const (
	prefix       = "scim_"
	keyIDLength  = 16
	secretLength = 26
	sumLength    = 8
)

// Issue makes a token for a tenant, and the credential to store for it. The
// token reads scim_<key id>_<secret><checksum>; its secret has at least 128
// random bits (RFC 7644 section 7.4) and can't be had again.
func Issue(id ID, scopes []Scope, now, expires time.Time) (token string, c Credential) {
	keyID := strings.ToLower(rand.Text()[:keyIDLength])
	body := prefix + keyID + "_" + strings.ToLower(rand.Text())
	token = body + Checksum(body)
	return token, Credential{
		KeyID:   KeyID(keyID),
		Tenant:  id,
		Hash:    sha256.Sum256([]byte(token)),
		Scopes:  slices.Clone(scopes),
		Created: now,
		Expires: expires,
	}
}

// Parse checks the shape and the checksum of a token and returns its key id.
// The error is ErrMalformed. A parsed token is not yet a valid one: see Proves.
func Parse(token string) (KeyID, error) {
	rest, ok := strings.CutPrefix(token, prefix)
	if !ok || len(rest) != keyIDLength+1+secretLength+sumLength || rest[keyIDLength] != '_' {
		return "", ErrMalformed
	}
	body, sum := token[:len(token)-sumLength], token[len(token)-sumLength:]
	if Checksum(body) != sum {
		return "", ErrMalformed
	}
	return KeyID(rest[:keyIDLength]), nil
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

// Checksum is what a token ends in. It lets scanners and the authorizer tell a
// token from noise without a look-up, and protects against typing, not against
// forgery.
func Checksum(body string) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body)))
}
