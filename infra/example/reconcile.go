package main

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"slices"
)

// reconcile replaces the mirror of a tenant by the service's data. It runs when the mirror is
// new, when its position has expired, and every night as a precaution.
func (m *mirror) reconcile(ctx context.Context, tenant string) error {
	s, err := m.service.snapshot(ctx, tenant)
	if err != nil {
		return err
	}
	err = m.db.update(ctx, tenant, s.asOf, func(tx *sql.Tx) error { return s.replace(tx, tenant) })
	if err == nil {
		log.Printf("%s: reconciled at %d: %d users, %d groups and teams", tenant, s.asOf, len(s.users), len(s.groups))
	}
	return err
}

// replace makes the mirror of a tenant equal to the snapshot. The sessions of active users
// remain, because they belong to the users' ids.
func (s snapshot) replace(tx *sql.Tx, tenant string) error {
	if err := removeTenant(tx, tenant); err != nil {
		return err
	}
	for _, u := range s.users {
		if err := putUser(tx, tenant, u.Version, u); err != nil {
			return err
		}
	}
	for _, g := range s.groups {
		if err := putGroup(tx, tenant, g.kind, g.Version, g.resource); err != nil {
			return err
		}
		if err := putMembers(tx, tenant, g.kind, g.ID, g.members); err != nil {
			return err
		}
	}
	return endSessions(tx)
}

// reconcileAll reconciles every tenant, and removes the tenants that the service does not have.
// It trusts only a complete list: a 404 may come from a mistake in the URL, and must not end
// all sessions.
func (m *mirror) reconcileAll(ctx context.Context) error {
	tenants, err := m.tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range tenants {
		err = errors.Join(err, m.reconcile(ctx, t))
	}
	if m.tenant != "" {
		return err
	}
	mirrored, failed := m.db.tenants(ctx)
	err = errors.Join(err, failed)
	for _, t := range mirrored {
		if !slices.Contains(tenants, t) {
			remove := func(tx *sql.Tx) error { return snapshot{}.replace(tx, t) }
			err = errors.Join(err, m.db.transaction(ctx, remove))
		}
	}
	return err
}

// tenants returns the tenants that the mirror must have.
func (m *mirror) tenants(ctx context.Context) ([]string, error) {
	if m.tenant != "" {
		return []string{m.tenant}, nil
	}
	return m.service.tenants(ctx)
}
