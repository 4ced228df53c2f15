// Package accesstoken issues and verifies the short-lived access tokens that an OAuth 2.0
// client gets for its secret: JWTs of RFC 9068, signed with Ed25519. It uses
// github.com/golang-jwt/jwt.
package accesstoken

import (
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"scimserver/shared/tenant"
)

// Lifetime is how long a token is valid at most.
const Lifetime = time.Hour

// typ is the header that distinguishes access tokens from other JWTs (RFC 9068 section 2.1).
const typ = "at+jwt"

// Claims are the contents of a token. The verifier has to look up whether its credential
// is still valid, and what scopes that has now.
type Claims struct {
	Credential tenant.KeyID // the client secret that was exchanged for the token
	Client     tenant.KeyID
	Scopes     []tenant.Scope
	Issued     time.Time
	Expires    time.Time
}

// ErrInvalid reports that a token was not issued by this service, is damaged, or has
// expired.
var ErrInvalid = errors.New("invalid access token")

// payload holds the claims in the form of the token (RFC 9068 section 2.2).
type payload struct {
	jwt.RegisteredClaims
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
}

func newPayload(c Claims, service, id string) payload {
	scopes := make([]string, len(c.Scopes))
	for i, scope := range c.Scopes {
		scopes[i] = string(scope)
	}
	return payload{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: service, Audience: jwt.ClaimStrings{service}, Subject: string(c.Credential), ID: id,
			IssuedAt: jwt.NewNumericDate(c.Issued), ExpiresAt: jwt.NewNumericDate(c.Expires),
		},
		ClientID: string(c.Client),
		Scope:    strings.Join(scopes, " "),
	}
}

func (p payload) claims() Claims {
	c := Claims{
		Credential: tenant.KeyID(p.Subject), Client: tenant.KeyID(p.ClientID),
		Issued: p.IssuedAt.Time, Expires: p.ExpiresAt.Time,
	}
	for _, scope := range strings.Fields(p.Scope) {
		c.Scopes = append(c.Scopes, tenant.Scope(scope))
	}
	return c
}
