// Package admin is the operator API: tenants and their credentials, and the accounts
// of the application, as JSON over HTTP under /v1. Who may call it is decided in front of it, by IAM. The
// operations, one file a subject, take and return the values of the API, so that
// the local stack makes its first tenant through the same code.
package admin

import (
	"context"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// Options are what the operations need. Keys, Passwords and Now may be nil.
type Options struct {
	Directory *directory.Directory
	// Keys makes a key of API Gateway for each tenant; without it all tenants share one.
	Keys Keys
	// CacheTime is how long the authorizer's answers are remembered in front of the
	// service: that much longer a revoked token works.
	CacheTime time.Duration
	// Passwords hashes passwords of accounts; without it they are refused.
	Passwords func(clear string) (hash string, err error)
	Now       func() time.Time
}

// Keys are the keys under which API Gateway counts requests.
type Keys interface {
	// Ensure finds or makes a key of a tenant that has the limits. The tenant's other keys keep working.
	Ensure(ctx context.Context, id tenant.ID, l tenant.Limits) (tenant.APIKey, error)
	// DeleteAllBut deletes the keys of a tenant except one, all with the zero APIKey.
	DeleteAllBut(ctx context.Context, id tenant.ID, keep tenant.APIKey) error
}

// Service carries out operations. It is safe for concurrent use.
type Service struct{ Options }

// New makes a service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{Options: o}
}
