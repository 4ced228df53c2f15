package access

import (
	"context"
	"errors"
	"slices"
	"strings"

	"scimserver/shared/accesstoken"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// Bearer decides about an Authorization header (RFC 6750 section 2.1). It takes
// the tokens that operators issue and those that clients got for their secret.
// The error is ErrInvalidCredential, or says that the decision could not be made.
func (g *Authenticator) Bearer(ctx context.Context, header string) (Grant, error) {
	token, ok := BearerToken(header)
	if !ok {
		return Grant{}, ErrInvalidCredential
	}
	if strings.Contains(token, ".") {
		return g.verifyAccessToken(ctx, token)
	}
	c, err := g.credentialFor(ctx, token, tenant.BearerToken)
	if err != nil {
		return Grant{Credential: c}, err
	}
	return g.grant(ctx, c)
}

// BearerToken returns the token in an Authorization header of scheme Bearer: the scheme in any case, one blank or
// more, the token (RFC 9110 section 11.4). API Gateway asks the same of a header before it calls the authorizer: the
// template's ValidationExpression.
func BearerToken(header string) (token string, ok bool) {
	scheme, token, ok := strings.Cut(header, " ")
	return strings.TrimLeft(token, " "), ok && strings.EqualFold(scheme, "Bearer")
}

// verifyAccessToken decides about an access token. The client secret that it was issued for
// has its say: a token does no more than that may, and ends with it.
func (g *Authenticator) verifyAccessToken(ctx context.Context, token string) (Grant, error) {
	claims, err := g.Keys.Verify(ctx, token)
	if errors.Is(err, accesstoken.ErrInvalid) {
		return Grant{}, ErrInvalidCredential
	}
	if err != nil {
		return Grant{}, err
	}
	c, err := g.Tenants.Credential(ctx, claims.Credential)
	if errors.Is(err, tenantstore.ErrNotFound) || err == nil && (c.Kind != tenant.ClientSecret || !c.Usable(g.Now())) {
		return Grant{Credential: c}, ErrInvalidCredential
	}
	if err != nil {
		return Grant{Credential: c}, err
	}
	grant, err := g.grant(ctx, c)
	grant.Scopes = slices.DeleteFunc(slices.Clone(claims.Scopes), func(s tenant.Scope) bool { return !slices.Contains(c.Scopes, s) })
	grant.Expires = claims.Expires
	return grant, err
}
