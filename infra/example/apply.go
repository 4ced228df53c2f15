package main

import (
	"cmp"
	"database/sql"
	"errors"
	"strings"
)

// apply applies an event to the mirror. It is idempotent. No statement depends on an event of
// another resource, because only the events of one resource are in the order of its changes.
func apply(tx *sql.Tx, tenant string, e event) error {
	subject, verb, _ := strings.Cut(e.Type, ".")
	switch subject {
	case "user":
		return applyToUser(tx, tenant, verb, e)
	case "group", "team":
		return applyToGroup(tx, tenant, subject, verb, e)
	case "tenant": // tenant.deleted is the only one
		return errors.Join(removeTenant(tx, tenant), endSessions(tx))
	}
	return nil // a type that this program does not need or know
}

func applyToUser(tx *sql.Tx, tenant, verb string, e event) error {
	var err error
	if verb == "deleted" {
		// Here your application does what its users and the law require, such as handing documents
		// over and erasing personal data. See "Deletion and erasure" in infra/docs/integrate.md.
		_, err = tx.Exec(`DELETE FROM users WHERE id = ?`, e.Resource.ID)
	} else { // created, updated, activated, deactivated, connected, released: store the new state
		err = putUser(tx, tenant, e.Version, e.Resource)
	}
	if err != nil {
		return err
	}
	return endSessions(tx)
}

// endSessions ends the sessions of users who are deactivated or deleted.
func endSessions(tx *sql.Tx) error {
	_, err := tx.Exec(`DELETE FROM sessions WHERE user_id NOT IN (SELECT id FROM users WHERE active)`)
	return err
}

func applyToGroup(tx *sql.Tx, tenant, kind, verb string, e event) error {
	switch {
	case verb == "deleted", kind == "team" && verb == "connected": // a connected team goes on as a group
		return removeGroup(tx, kind, e.Resource.ID)
	case verb == "member_added":
		return putMembers(tx, tenant, kind, e.Resource.ID, e.Members)
	case verb == "member_removed":
		return removeMembers(tx, kind, e.Resource.ID, e.Members)
	}
	return putGroup(tx, tenant, kind, e.Version, e.Resource)
}

// putUser stores a user, unless the mirror has a newer version: after a reconciliation, the
// feed repeats changes that the mirror already has.
func putUser(tx *sql.Tx, tenant string, version int64, r resource) error {
	_, err := tx.Exec(`
		INSERT INTO users (id, tenant, user_name, email, display_name, external_id, active, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET tenant = excluded.tenant, user_name = excluded.user_name,
			email = excluded.email, display_name = excluded.display_name, external_id = excluded.external_id,
			active = excluded.active, version = excluded.version
		WHERE excluded.version >= users.version`,
		r.ID, tenant, r.UserName, r.email(), r.DisplayName, r.ExternalID, r.Active, version)
	return err
}

func putGroup(tx *sql.Tx, tenant, kind string, version int64, r resource) error {
	_, err := tx.Exec(`
		INSERT INTO groups (kind, id, tenant, name, version) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name, version = excluded.version
		WHERE excluded.version >= groups.version`,
		kind, r.ID, tenant, cmp.Or(r.DisplayName, r.Name), version)
	return err
}

func removeGroup(tx *sql.Tx, kind, id string) error {
	_, err := tx.Exec(`DELETE FROM groups WHERE kind = ? AND id = ?`, kind, id)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM members WHERE kind = ? AND group_id = ?`, kind, id)
	return err
}

func putMembers(tx *sql.Tx, tenant, kind, group string, members []member) error {
	for _, m := range members {
		_, err := tx.Exec(`INSERT OR IGNORE INTO members (kind, group_id, member_id, tenant) VALUES (?, ?, ?, ?)`,
			kind, group, m.ID, tenant)
		if err != nil {
			return err
		}
	}
	return nil
}

func removeMembers(tx *sql.Tx, kind, group string, members []member) error {
	for _, m := range members {
		_, err := tx.Exec(`DELETE FROM members WHERE kind = ? AND group_id = ? AND member_id = ?`, kind, group, m.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// removeTenant removes a tenant from the mirror, except its position.
func removeTenant(tx *sql.Tx, tenant string) error {
	for _, table := range []string{"users", "groups", "members"} {
		if _, err := tx.Exec(`DELETE FROM `+table+` WHERE tenant = ?`, tenant); err != nil {
			return err
		}
	}
	return nil
}
