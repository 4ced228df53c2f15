package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	longPoll   = 20 * time.Second // how long a request for one tenant's events waits
	pollEvery  = time.Second      // how often to ask which tenants have new events
	retryAfter = 5 * time.Second
	// clockMargin is more than the clocks of the service's processes can differ.
	clockMargin = time.Minute
)

// mirror keeps the database equal to the directory of one tenant, or of all.
type mirror struct {
	service *service
	db      store
	tenant  string    // "" means all
	since   time.Time // the mirror has all events from before this time
}

// follow runs until the context ends. It logs an error and tries again later. It continues at
// the positions in the database.
func (m *mirror) follow(ctx context.Context) {
	next := m.begin
	for ctx.Err() == nil {
		if err := next(ctx); err != nil {
			if ctx.Err() == nil {
				log.Print(err)
			}
			pause(ctx, retryAfter)
			continue
		}
		next = m.pullMoved
		if m.tenant != "" {
			next = func(ctx context.Context) error { return m.pull(ctx, m.tenant, longPoll) }
		}
	}
}

// begin reads the tenants that the mirror does not have yet. This is necessary because a tenant
// without events has no head.
func (m *mirror) begin(ctx context.Context) error {
	tenants, err := m.tenants(ctx)
	for _, t := range tenants {
		if _, missing := m.db.position(ctx, t); missing != nil {
			err = errors.Join(err, m.reconcile(ctx, t))
		}
	}
	return err
}

// pullMoved updates the mirror of all tenants that have new events.
func (m *mirror) pullMoved(ctx context.Context) error {
	heads, err := m.service.heads(ctx, m.since)
	if err != nil {
		return err
	}
	newest := m.since
	for _, h := range heads {
		if h.Tenant != "" { // the mirror does not need the application's own accounts
			err = errors.Join(err, m.pullUpTo(ctx, h))
		}
		if at := h.Time.Add(-clockMargin); at.After(newest) {
			newest = at
		}
	}
	if err != nil {
		return err // and ask for the same tenants again
	}
	m.since = newest
	pause(ctx, pollEvery)
	return nil
}

// pullUpTo updates the mirror of a tenant up to the head of its feed.
func (m *mirror) pullUpTo(ctx context.Context, h head) error {
	position, err := m.db.position(ctx, h.Tenant)
	if err == nil && position == h.Sequence {
		return nil
	}
	return m.pull(ctx, h.Tenant, 0)
}

// pull applies the events of a tenant that the mirror lacks. If there are none, it waits.
func (m *mirror) pull(ctx context.Context, tenant string, wait time.Duration) error {
	for restarted := false; ; {
		position, err := m.db.position(ctx, tenant)
		if errors.Is(err, errNoPosition) {
			if err := m.restart(ctx, tenant, 1); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		p, err := m.service.events(ctx, tenant, position, wait)
		if refused, ok := errors.AsType[*statusError](err); ok && refused.losesPosition() && !restarted {
			log.Printf("%s: can't continue after position %d: %v", tenant, position, err)
			if err := m.restart(ctx, tenant, refused.Oldest); err != nil {
				return err
			}
			restarted = true
			continue
		}
		if err == nil {
			err = m.apply(ctx, tenant, p)
		}
		if err != nil || p.Last >= p.Head {
			return err
		}
		wait = 0
	}
}

// losesPosition reports whether the service can't continue at the position: the next events have
// expired (410), or the position is ahead of the feed (400) because the service's table was
// restored from a backup.
func (e *statusError) losesPosition() bool {
	return e.status == http.StatusGone || e.status == http.StatusBadRequest
}

// restart reads a tenant again from the beginning. If the tenant is deleted (404), the mirror
// continues with the oldest event instead. The last event is the tenant's deletion.
func (m *mirror) restart(ctx context.Context, tenant string, oldest int64) error {
	err := m.reconcile(ctx, tenant)
	if hasStatus(err, http.StatusNotFound) && oldest > 0 {
		return m.db.update(ctx, tenant, oldest-1, func(*sql.Tx) error { return nil })
	}
	return err
}

// apply applies a page of events and moves the position in one transaction.
func (m *mirror) apply(ctx context.Context, tenant string, p page) error {
	if len(p.Events) == 0 {
		return nil
	}
	if err := m.complete(ctx, tenant, p.Events); err != nil {
		return err
	}
	err := m.db.update(ctx, tenant, p.Last, func(tx *sql.Tx) error {
		for _, e := range p.Events {
			if err := apply(tx, tenant, e); err != nil {
				return fmt.Errorf("event %d of %s: %w", e.Sequence, tenant, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range p.Events {
		log.Printf("%s %d %s %s", tenant, e.Sequence, e.Type, cmp.Or(e.Resource.UserName, e.Resource.DisplayName))
	}
	return nil
}

// complete reads the users whose events lack values.
func (m *mirror) complete(ctx context.Context, tenant string, events []event) error {
	for i, e := range events {
		if !e.Truncated || !strings.HasPrefix(e.Type, "user.") {
			continue
		}
		var now resource
		err := m.service.get(ctx, "/tenants/"+tenant+"/users/"+e.Resource.ID, url.Values{}, &now)
		if hasStatus(err, http.StatusNotFound) {
			continue // the user was deleted meanwhile, and the event of the deletion follows
		}
		if err != nil {
			return err
		}
		events[i].Resource, events[i].Version = now, now.Version
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
