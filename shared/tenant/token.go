package tenant

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

// ErrMalformed reports that a string is not a token of this service: its form or its
// checksum is wrong.
var ErrMalformed = errors.New("malformed token")

const (
	prefix         = "scim_"
	keyIDLength    = 16
	secretLength   = 26
	checksumLength = 8
)

// Issue makes a bearer token for a tenant, and the credential to store for it. The token
// has the form scim_<key id>_<secret><checksum>. Its secret has at least 128 random bits
// (RFC 7644 section 7.4), and is not stored.
func Issue(id ID, scopes []Scope, now, expires time.Time) (token string, c Credential) {
	return NewCredential(Credential{Tenant: id, Kind: BearerToken, Scopes: scopes, Expires: expires}, now)
}

// NewCredential makes a token or client secret with the kind, tenant, client, scopes,
// subject and expiry of a model, and the credential to store for it. If the model is a
// client secret without a client, it becomes the first secret of a new client. Client
// secrets have the form of tokens, so that tools that scan for leaked tokens find them too.
func NewCredential(model Credential, now time.Time) (token string, c Credential) {
	keyID := strings.ToLower(rand.Text()[:keyIDLength])
	body := prefix + keyID + "_" + strings.ToLower(rand.Text())
	token = body + Checksum(body)
	c = model
	c.KeyID, c.Hash, c.Scopes = KeyID(keyID), sha256.Sum256([]byte(token)), slices.Clone(Effective(model.Scopes))
	c.Created, c.Revoked, c.Used, c.Lifetime = now, time.Time{}, time.Time{}, 0
	if !c.Expires.IsZero() {
		c.Lifetime = c.Expires.Sub(now)
	}
	if c.Kind == ClientSecret && c.Client == "" {
		c.Client = c.KeyID
	}
	return token, c
}

// Parse checks the form and the checksum of a token or client secret, and returns its key
// id. The error is ErrMalformed. Parse does not check the secret: see Proves.
func Parse(token string) (KeyID, error) {
	rest, ok := strings.CutPrefix(token, prefix)
	if !ok || len(rest) != keyIDLength+1+secretLength+checksumLength || rest[keyIDLength] != '_' {
		return "", ErrMalformed
	}
	body, sum := token[:len(token)-checksumLength], token[len(token)-checksumLength:]
	if Checksum(body) != sum {
		return "", ErrMalformed
	}
	return KeyID(rest[:keyIDLength]), nil
}

// Checksum returns the checksum at the end of a token. With it, scanners and the authorizer
// recognize a token without reading its record. It reveals typing errors, but not forgery.
func Checksum(body string) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body)))
}
