// Package admin is the operator API: tenants, their credentials, conflicts and teams, and the application's
// accounts, as JSON over HTTP under /v1. IAM decides who may call it. The operations take and return the types of
// the API, so that the local stack creates its first tenant with the same code.
package admin

import (
	"context"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// Options configure a service. Keys, Passwords, VerifyPassword and Now may be nil.
type Options struct {
	Directory *directory.Directory
	// Keys makes an API Gateway key for each tenant. If it is nil, all tenants share one key.
	Keys Keys
	// CacheTime is how long API Gateway caches the authorizer's answers. A revoked token may work that much longer.
	CacheTime time.Duration
	// BaseURL and TokenEndpoint are the URLs of the SCIM service and of its token endpoint, which the
	// answer to a new credential names. They may be empty.
	BaseURL, TokenEndpoint string
	// SetupURL is the URL of the setup page. If it is empty, nobody can be invited to it.
	SetupURL string
	// Passwords hashes passwords of accounts. If it is nil, passwords are refused.
	Passwords func(clear string) (hash string, err error)
	// VerifyPassword compares a password with a hash. It takes just as long if the hash is "". If
	// it is nil, passwords cannot be checked.
	VerifyPassword func(clear, hash string) (bool, error)
	Now            func() time.Time
}

// Keys manages the API keys by which API Gateway counts and throttles requests.
type Keys interface {
	// Ensure finds or makes a key of a tenant that has the limits. The tenant's other keys keep working.
	Ensure(ctx context.Context, id tenant.ID, l tenant.Limits) (tenant.APIKey, error)
	// DeleteAllBut deletes the keys of a tenant except one. If keep is the zero APIKey, it deletes
	// all.
	DeleteAllBut(ctx context.Context, id tenant.ID, keep tenant.APIKey) error
}

// Service implements the operations. It is safe for concurrent use.
type Service struct{ Options }

// New returns a service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{Options: o}
}
