package directory

import (
	"context"
	"strconv"
	"time"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Events returns the tenant's events.
func (t *Tenant) Events() outbox.Feed { return t.d.feed(t.id) }

// Events returns the events of the accounts.
func (a *Accounts) Events() outbox.Feed { return a.d.feed("") }

func (d *Directory) feed(id tenant.ID) outbox.Feed { return outbox.New(d.db, id).WithClock(d.now) }

// EventHeads reads the sequence number of the last event in each feed: those of the tenants
// and that of the accounts. See outbox.Heads.
func (d *Directory) EventHeads(ctx context.Context, q outbox.HeadsQuery) ([]outbox.Head, string, error) {
	return outbox.Heads(ctx, d.db, q)
}

// closeFeed ends the feed of a tenant whose users, groups and teams are gone: its last event
// is the tenant's deletion, and the others are erased. Stream records of the tenant that arrive
// later do not become events, even if another tenant gets the same id.
func (d *Directory) closeFeed(ctx context.Context, record tenant.Tenant) error {
	feed := d.feed(record.ID)
	last := outbox.Draft{
		Record: outbox.Record{
			ID: "tenant deleted " + strconv.FormatInt(record.Created.UnixMilli(), 10),
			At: record.Since.Truncate(time.Second),
		},
		Event: outbox.Event{
			Issuer: d.events.issuer, Type: outbox.TypeOf(outbox.Tenant, outbox.Deleted),
			Time: outbox.Time{Time: d.instant()}, Resource: outbox.Resource{ID: scim.ID(record.ID)},
		},
	}
	if err := feed.Close(ctx, last, d.now()); err != nil {
		return err
	}
	return feed.Erase(ctx)
}
