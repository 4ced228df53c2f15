package access

import (
	"context"
	"crypto/subtle"

	"scimserver/shared/accesstoken"
	"scimserver/shared/tenant"
)

// Client authenticates the id and secret of an OAuth 2.0 client. A client may have several
// secrets, each with a record of its own.
func (a *Authenticator) Client(ctx context.Context, id, secret string) (Grant, error) {
	return a.counted(ctx)(a.client(ctx, id, secret))
}

func (a *Authenticator) client(ctx context.Context, id, secret string) (Grant, error) {
	c, err := a.credentialFor(ctx, secret, tenant.ClientSecret)
	if err != nil {
		return Grant{Credential: c}, err
	}
	if subtle.ConstantTimeCompare([]byte(c.Client), []byte(id)) != 1 {
		return Grant{Credential: c}, refusal{tenant.WrongSecret}
	}
	return a.grant(ctx, c, a.recordUse)
}

// IssueToken issues an access token for a client's grant, and returns it with its claims.
// It expires no later than the secret that it is issued for.
func (a *Authenticator) IssueToken(ctx context.Context, grant Grant) (string, accesstoken.Claims, error) {
	now := a.Now()
	claims := accesstoken.Claims{
		Credential: grant.Credential.KeyID, Client: grant.Credential.Client, Scopes: grant.Scopes,
		Issued: now, Expires: now.Add(accesstoken.Lifetime),
	}
	if !grant.Expires.IsZero() && grant.Expires.Before(claims.Expires) {
		claims.Expires = grant.Expires
	}
	token, err := a.Keys.Issue(ctx, claims)
	return token, claims, err
}
