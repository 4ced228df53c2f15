package directory

import (
	"context"

	"scimserver/shared/outbox"
	"scimserver/shared/tenant"
)

// Events returns the tenant's events.
func (t *Tenant) Events() outbox.Feed { return t.d.feed(t.id) }

// Events returns the events of the accounts.
func (a *Accounts) Events() outbox.Feed { return a.d.feed("") }

func (d *Directory) feed(id tenant.ID) outbox.Feed { return outbox.New(d.db, id).WithClock(d.now) }

// EventHeads reads how far the feeds have come: those of the tenants and that of the
// accounts. See outbox.Heads.
func (d *Directory) EventHeads(ctx context.Context, q outbox.HeadsQuery) ([]outbox.Head, string, error) {
	return outbox.Heads(ctx, d.db, q)
}
