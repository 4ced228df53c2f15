package access

import (
	"context"
	"crypto/subtle"

	"scimserver/shared/accesstoken"
	"scimserver/shared/tenant"
)

// Client decides about the id and secret of an OAuth 2.0 client. A client may
// have several secrets; each names its own record.
func (g *Authenticator) Client(ctx context.Context, id, secret string) (Grant, error) {
	c, err := g.credentialFor(ctx, secret, tenant.ClientSecret)
	if err != nil {
		return Grant{Credential: c}, err
	}
	if subtle.ConstantTimeCompare([]byte(c.Client), []byte(id)) != 1 {
		return Grant{Credential: c}, ErrInvalidCredential
	}
	return g.grant(ctx, c)
}

// IssueToken issues an access token for a client's grant and says what it holds. It
// lives no longer than the secret that it was issued for.
func (g *Authenticator) IssueToken(ctx context.Context, grant Grant) (string, accesstoken.Claims, error) {
	now := g.Now()
	claims := accesstoken.Claims{
		Credential: grant.Credential.KeyID, Client: grant.Credential.Client, Scopes: grant.Scopes,
		Issued: now, Expires: now.Add(accesstoken.Lifetime),
	}
	if !grant.Expires.IsZero() && grant.Expires.Before(claims.Expires) {
		claims.Expires = grant.Expires
	}
	token, err := g.Keys.Issue(ctx, claims)
	return token, claims, err
}
