// Package access authenticates credentials: the bearer tokens and access tokens of SCIM
// requests, and the secrets of OAuth 2.0 clients that request an access token.
package access

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"scimserver/shared/accesstoken"
	"scimserver/shared/deadline"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// Authenticator authenticates credentials. It is safe for concurrent use.
type Authenticator struct {
	Tenants *tenantstore.Store
	Keys    *accesstoken.Keyring
	Log     *slog.Logger
	Now     func() time.Time

	refusals tenantstore.RefusalCounter
}

// Grant is what a valid credential stands for: its tenant, and what it may do.
type Grant struct {
	Tenant     tenant.Tenant
	Credential tenant.Credential
	Scopes     []tenant.Scope
	Expires    time.Time // zero: does not expire
}

// ErrInvalidCredential reports that a credential is not valid. It has one text for every
// reason: a client must not learn whether a credential is unknown, wrong, expired or
// revoked, or whether its tenant is suspended.
var ErrInvalidCredential = errors.New("the credential is not valid")

// credentialFor finds the valid credential that a token or client secret belongs to. An
// unknown key id takes as long as a wrong secret.
func (a *Authenticator) credentialFor(ctx context.Context, text string, kind tenant.Kind) (tenant.Credential, error) {
	keyID, err := tenant.Parse(text)
	if err != nil {
		return tenant.Credential{}, refusal{tenant.UnknownCredential}
	}
	c, err := a.Tenants.Credential(ctx, keyID)
	if err != nil && !errors.Is(err, tenantstore.ErrNotFound) {
		return c, err
	}
	if cause := c.Refusal(c.Proves(text), kind, a.Now()); cause != "" {
		return c, refusal{cause}
	}
	return c, nil
}

// grant makes the grant of a valid credential. It reads the tenant, and records the use of
// the credential at the same time.
func (a *Authenticator) grant(ctx context.Context, c tenant.Credential, used record) (Grant, error) {
	var recorded sync.WaitGroup
	recorded.Go(func() { used(ctx, c) })
	t, err := a.Tenants.Tenant(ctx, c.Tenant)
	recorded.Wait()
	switch {
	case errors.Is(err, tenantstore.ErrNotFound):
		return Grant{Credential: c}, refusal{tenant.InactiveTenant}
	case err != nil:
		return Grant{Credential: c}, err
	case t.State != tenant.Active:
		return Grant{Credential: c, Tenant: t}, refusal{tenant.InactiveTenant}
	}
	return Grant{Tenant: t, Credential: c, Scopes: c.Scopes, Expires: c.Expires}, nil
}

// recordUse records that a credential is used, at most once an hour. A failure is only
// logged: the request does not depend on it.
func (a *Authenticator) recordUse(ctx context.Context, c tenant.Credential) {
	ctx, cancel := a.Tenants.Brief(ctx, deadline.RecordTime)
	defer cancel()
	if err := a.Tenants.NoteUse(ctx, c); err != nil {
		a.Log.WarnContext(ctx, "the use of a credential was not recorded",
			"credential", string(c.KeyID), "error", err.Error())
	}
}
