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

// Bearer authenticates an Authorization header (RFC 6750 section 2.1). It accepts the
// tokens that operators issue, and the access tokens that clients get for their secret.
// The error is ErrInvalidCredential, or another one if the token could not be checked.
func (a *Authenticator) Bearer(ctx context.Context, header string) (Grant, error) {
	return a.counted(ctx)(a.bearer(ctx, header, a.recordUse))
}

// Misdirected authenticates the Authorization header of a request whose path the service does not
// have. It counts a refusal instead of a use of the credential, so that people who connect a provider
// see that its URL is wrong. The errors are those of Bearer.
func (a *Authenticator) Misdirected(ctx context.Context, header string) (Grant, error) {
	g, err := a.Unused(ctx, header)
	if err == nil {
		a.countRefusal(ctx, g.Credential, tenant.WrongPath)
	}
	return g, err
}

// Unused authenticates the Authorization header of a request that is no use of the credential, although its URL is
// right: somebody opened the base URL alone. The errors are those of Bearer.
func (a *Authenticator) Unused(ctx context.Context, header string) (Grant, error) {
	return a.counted(ctx)(a.bearer(ctx, header, func(context.Context, tenant.Credential) {}))
}

// record is called with a valid credential that a request uses.
type record func(context.Context, tenant.Credential)

func (a *Authenticator) bearer(ctx context.Context, header string, used record) (Grant, error) {
	token, ok := BearerToken(header)
	if !ok {
		return Grant{}, refusal{tenant.UnknownCredential}
	}
	if strings.Contains(token, ".") {
		return a.verifyAccessToken(ctx, token, used)
	}
	c, err := a.credentialFor(ctx, token, tenant.BearerToken)
	if err != nil {
		return Grant{Credential: c}, err
	}
	return a.grant(ctx, c, used)
}

// BearerToken returns the token in an Authorization header of scheme Bearer: the scheme in
// any case, one space or more, the token (RFC 9110 section 11.4).
func BearerToken(header string) (token string, ok bool) {
	scheme, token, ok := strings.Cut(header, " ")
	return strings.TrimLeft(token, " "), ok && strings.EqualFold(scheme, "Bearer")
}

// verifyAccessToken authenticates an access token. The token is limited by the client
// secret that it was issued for: it has no other scopes, and expires with the secret.
func (a *Authenticator) verifyAccessToken(ctx context.Context, token string, used record) (Grant, error) {
	claims, err := a.Keys.Verify(ctx, token)
	if errors.Is(err, accesstoken.ErrInvalid) {
		return Grant{}, refusal{tenant.UnknownCredential}
	}
	if err != nil {
		return Grant{}, err
	}
	c, err := a.Tenants.Credential(ctx, claims.Credential)
	if err != nil && !errors.Is(err, tenantstore.ErrNotFound) {
		return Grant{Credential: c}, err
	}
	if cause := c.Refusal(true, tenant.ClientSecret, a.Now()); cause != "" {
		return Grant{Credential: c}, refusal{cause}
	}
	grant, err := a.grant(ctx, c, used)
	isNotGranted := func(s tenant.Scope) bool { return !slices.Contains(c.Scopes, s) }
	grant.Scopes = slices.DeleteFunc(slices.Clone(claims.Scopes), isNotGranted)
	grant.Expires = claims.Expires
	return grant, err
}
