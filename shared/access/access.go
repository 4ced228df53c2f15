// Package access decides whom a credential speaks for: bearer tokens and access
// tokens on their way to the service, and the secrets of OAuth 2.0 clients that
// want an access token.
package access

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"scimserver/shared/accesstoken"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// Authenticator decides about credentials. It is safe for concurrent use.
type Authenticator struct {
	Tenants *tenantstore.Store
	Keys    *accesstoken.Keyring
	Log     *slog.Logger
	Now     func() time.Time
}

// Grant is whom a credential speaks for, and what it may do.
type Grant struct {
	Tenant     tenant.Tenant
	Credential tenant.Credential
	Scopes     []tenant.Scope
	Expires    time.Time // zero: does not expire
}

// ErrInvalidCredential says that a credential does not work, whatever the reason is: only
// the log tells an unknown one from a wrong, an expired or a suspended one.
var ErrInvalidCredential = errors.New("the credential does not work")

// recordTimeout bounds the note that a credential was used: it must not delay the answer.
const recordTimeout = 300 * time.Millisecond

// credentialFor finds the credential that a token or client secret belongs to. An
// unknown key id takes the same path as a wrong secret.
func (g *Authenticator) credentialFor(ctx context.Context, text string, kind tenant.Kind) (tenant.Credential, error) {
	keyID, err := tenant.Parse(text)
	if err != nil {
		return tenant.Credential{}, ErrInvalidCredential
	}
	c, err := g.Tenants.Credential(ctx, keyID)
	if err != nil && !errors.Is(err, tenantstore.ErrNotFound) {
		return c, err
	}
	proved := c.Proves(text)
	if !proved || c.Kind != kind || !c.Usable(g.Now()) {
		return c, ErrInvalidCredential
	}
	return c, nil
}

// grant completes what a credential that works may do. That it was used is noted
// while its tenant is read.
func (g *Authenticator) grant(ctx context.Context, c tenant.Credential) (Grant, error) {
	var noted sync.WaitGroup
	noted.Go(func() { g.recordUse(ctx, c) })
	t, err := g.Tenants.Tenant(ctx, c.Tenant)
	noted.Wait()
	switch {
	case errors.Is(err, tenantstore.ErrNotFound):
		return Grant{Credential: c}, ErrInvalidCredential
	case err != nil:
		return Grant{Credential: c}, err
	case t.State != tenant.Active:
		return Grant{Credential: c, Tenant: t}, ErrInvalidCredential
	}
	return Grant{Tenant: t, Credential: c, Scopes: c.Scopes, Expires: c.Expires}, nil
}

// recordUse writes down that a credential is in use, at most hourly. A failure costs
// the operator an hour of knowledge, and the caller nothing.
func (g *Authenticator) recordUse(ctx context.Context, c tenant.Credential) {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	if err := g.Tenants.NoteUse(ctx, c); err != nil {
		g.Log.WarnContext(ctx, "the use of a credential was not noted", "credential", string(c.KeyID), "error", err.Error())
	}
}
