package tenantstore

import (
	"context"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// CreateCredential stores a credential of a tenant. It is idempotent. The errors are
// ErrUnavailable, and ErrNotFound if the tenant does not exist or is being deleted.
func (s *Store) CreateCredential(ctx context.Context, c tenant.Credential) error {
	err := s.db.Transact(ctx, func(table.Stamp) []table.Write {
		return []table.Write{
			table.Check(Key(c.Tenant), "attribute_exists(PK) AND #state <> :deleting",
				table.Item{"deleting": string(tenant.Deleting)}),
			table.Put(credentialKey(c.KeyID), credentialItem(c)),
			table.Put(listEntryKey(c.Tenant, c.KeyID), withTTL(table.Item{}, c)),
		}
	})
	if table.FailedConditions(err) != nil {
		return ErrNotFound
	}
	return err
}

// Credential reads a credential. The errors are ErrNotFound and ErrUnavailable.
func (s *Store) Credential(ctx context.Context, id tenant.KeyID) (tenant.Credential, error) {
	item, err := s.db.Get(ctx, credentialKey(id))
	if err == nil && item == nil {
		err = ErrNotFound
	}
	if err != nil {
		return tenant.Credential{}, err
	}
	return credentialFrom(item)
}

// Credentials returns a page of a tenant's credentials in the order of their key ids: at
// most limit credentials whose key ids are greater than after. next is the value of after
// for the next page, or "" if this is the last one.
func (s *Store) Credentials(
	ctx context.Context, of tenant.ID, after tenant.KeyID, limit int,
) (page []tenant.Credential, next tenant.KeyID, err error) {
	listed, last, err := s.db.Query(ctx, table.Query{PK: credentialsPK(of), After: string(after), Limit: limit})
	if err != nil || len(listed) == 0 {
		return nil, "", err
	}
	keys := make([]table.Key, len(listed))
	for i, item := range listed {
		keys[i] = credentialKey(tenant.KeyID(item.Text("SK")))
	}
	page, err = s.credentials(ctx, keys)
	addAgents(page, listed)
	return page, tenant.KeyID(last), err
}

// addAgents adds what the entries of the list know about the credentials' clients.
func addAgents(page []tenant.Credential, listed []table.Item) {
	for _, item := range listed {
		for i, c := range page {
			if string(c.KeyID) == item.Text("SK") {
				page[i].Agent, page[i].Seen = item.Text("agent"), item.Time("agentAt")
			}
		}
	}
}

// EditCredential reads a tenant's credential, lets edit change its expiry and revocation,
// and stores these. The errors are ErrNotFound, also for a credential of another tenant,
// ErrContention, ErrUnavailable and those of edit.
func (s *Store) EditCredential(
	ctx context.Context, of tenant.ID, id tenant.KeyID, edit func(*tenant.Credential) error,
) (c tenant.Credential, err error) {
	err = table.RetryIfChanged(ctx, func() (err error) {
		c, err = s.editCredential(ctx, of, id, edit)
		return err
	})
	return c, err
}

func (s *Store) editCredential(
	ctx context.Context, of tenant.ID, id tenant.KeyID, edit func(*tenant.Credential) error,
) (tenant.Credential, error) {
	old, err := s.Credential(ctx, id)
	if err == nil && old.Tenant != of {
		err = ErrNotFound
	}
	if err != nil {
		return tenant.Credential{}, err
	}
	c := old
	if err := edit(&c); err != nil {
		return old, err
	}
	err = s.db.Transact(ctx, func(table.Stamp) []table.Write {
		item := withTTL(mutableAttributes(c), c)
		return []table.Write{
			table.Update(credentialKey(id), item).WithCondition("#expiresAt = :expires AND #revokedAt = :revoked",
				table.Item{"expires": table.Seconds(old.Expires), "revoked": table.Seconds(old.Revoked)}),
			table.Update(listEntryKey(of, id), item), // it keeps the name of the client
		}
	})
	if table.FailedConditions(err) != nil {
		return old, table.ErrItemChanged
	}
	return c, err
}

// useInterval is the minimum time between two stored uses of a credential.
const useInterval = time.Hour

// NoteUse stores the time at which a credential is used. It does nothing if a use within
// the last hour is already stored.
func (s *Store) NoteUse(ctx context.Context, c tenant.Credential) error {
	now := s.now()
	if now.Sub(c.Used) < useInterval {
		return nil
	}
	err := s.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(credentialKey(c.KeyID), table.Item{"usedAt": now.Unix()}).
			WithCondition("attribute_exists(PK) AND #usedAt <= "+
				":before", table.Item{"before": now.Add(-useInterval).Unix()})
	})
	if table.FailedConditions(err) != nil { // another process has stored it, or the credential no longer exists
		return nil
	}
	return err
}

// credentials reads credentials by key, in the order of the keys.
func (s *Store) credentials(ctx context.Context, keys []table.Key) ([]tenant.Credential, error) {
	items, err := s.db.GetAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := map[string]table.Item{}
	for _, item := range items {
		found[item.Text("PK")] = item
	}
	var all []tenant.Credential
	for _, key := range keys {
		if found[key.PK] == nil {
			continue
		}
		c, err := credentialFrom(found[key.PK])
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// DeleteCredentials removes all credentials of a tenant. The error is ErrUnavailable.
func (s *Store) DeleteCredentials(ctx context.Context, of tenant.ID) error {
	return s.db.DeleteRange(ctx, table.Query{PK: credentialsPK(of)}, func(listed table.Item) []table.Key {
		return []table.Key{credentialKey(tenant.KeyID(listed.Text("SK")))}
	})
}
