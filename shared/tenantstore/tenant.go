package tenantstore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// DomainTakenError reports domains that are verified for another tenant.
type DomainTakenError struct{ Domains []string }

// Error names the domains.
func (e *DomainTakenError) Error() string {
	return fmt.Sprintf("tenantstore: verified for another tenant: %v", e.Domains)
}

// RemovedError reports that a tenant with that id was removed a short time ago.
type RemovedError struct {
	Wait time.Duration // until the id can be used again
}

// Error says how long to wait.
func (e *RemovedError) Error() string {
	return fmt.Sprintf("tenantstore: a tenant with that id was removed; the id can be used again in %v", e.Wait)
}

// MaxDomains is the maximum number of a tenant's domains: one transaction claims them all.
const MaxDomains = 40

// CreateTenant stores a new tenant. The tenant is active, and gets the default limits if t
// has none. The errors are ErrExists, *RemovedError, *DomainTakenError and ErrUnavailable.
func (s *Store) CreateTenant(ctx context.Context, t tenant.Tenant) (tenant.Tenant, error) {
	t.Created = s.instant()
	t.State, t.Since = tenant.Active, t.Created
	if t.Limits == (tenant.Limits{}) {
		t.Limits = tenant.DefaultLimits()
	}
	if err := checkTenant(t); err != nil {
		return t, err
	}
	err := s.db.Transact(ctx, func(table.Stamp) []table.Write {
		item := tenantItem(t)
		item["version"] = int64(1)
		writes := []table.Write{table.Put(Key(t.ID), item).WithCondition("attribute_not_exists(PK)", nil)}
		writes = append(writes, claimDomains(t.ID, t.Domains)...)
		return append(writes, table.Delete(removedKey(t.ID)).
			WithCondition("attribute_not_exists(PK) OR #until <= :now", table.Item{"now": t.Created.UnixMilli()}))
	})
	failed := table.FailedConditions(err)
	if failed != nil && failed.At(0) != nil {
		return t, ErrExists
	}
	if failed != nil && failed.At(1+len(t.Domains)) != nil {
		until := time.UnixMilli(failed.At(1 + len(t.Domains)).Item.Int("until"))
		return t, &RemovedError{Wait: until.Sub(t.Created)}
	}
	return t, domainsTaken(err, failed, t.Domains)
}

// ChangeTenant reads the record of a tenant, lets edit change it, and stores it. The errors
// are ErrNotFound, *DomainTakenError, ErrContention, ErrUnavailable and those of edit.
func (s *Store) ChangeTenant(
	ctx context.Context, id tenant.ID, edit func(*tenant.Tenant) error,
) (t tenant.Tenant, err error) {
	err = table.RetryIfChanged(ctx, func() (err error) {
		t, err = s.changeTenant(ctx, id, func(t *tenant.Tenant) ([]table.Write, error) { return nil, edit(t) })
		return err
	})
	return t, err
}

// changeTenant changes the record of a tenant once. In the same transaction it makes the
// writes that edit returns.
func (s *Store) changeTenant(
	ctx context.Context, id tenant.ID, edit func(*tenant.Tenant) ([]table.Write, error),
) (tenant.Tenant, error) {
	item, err := s.tenantItem(ctx, id)
	if err != nil {
		return tenant.Tenant{}, err
	}
	old, err := FromItem(item)
	if err != nil {
		return old, err
	}
	t := old
	t.Domains = slices.Clone(old.Domains)
	more, err := edit(&t)
	if err != nil {
		return old, err
	}
	if (t.State == tenant.Active) != (old.State == tenant.Active) {
		t.Since = s.instant()
	}
	if t.State == tenant.Deleting && t.DeletingSince.IsZero() {
		t.DeletingSince = s.instant()
	}
	if err := checkTenant(t); err != nil {
		return old, err
	}
	return t, s.storeTenant(ctx, old, t, item.Int("version"), more)
}

// storeTenant replaces the record if it still has the version that was read.
func (s *Store) storeTenant(ctx context.Context, old, t tenant.Tenant, version int64, more []table.Write) error {
	added := difference(t.Domains, old.Domains)
	err := s.db.Transact(ctx, func(table.Stamp) []table.Write {
		item := tenantItem(t)
		item["version"] = version + 1
		writes := []table.Write{table.Put(Key(t.ID), item).WithCondition("#version = :old", table.Item{"old": version})}
		writes = append(writes, claimDomains(t.ID, added)...)
		writes = append(writes, releaseDomains(t.ID, difference(old.Domains, t.Domains))...)
		return append(writes, more...)
	})
	failed := table.FailedConditions(err)
	if failed != nil && failed.At(0) != nil {
		return table.ErrItemChanged
	}
	return domainsTaken(err, failed, added)
}

// Tenant reads the record of a tenant. The errors are ErrNotFound and ErrUnavailable.
func (s *Store) Tenant(ctx context.Context, id tenant.ID) (tenant.Tenant, error) {
	item, err := s.tenantItem(ctx, id)
	if err != nil {
		return tenant.Tenant{}, err
	}
	return FromItem(item)
}

func (s *Store) tenantItem(ctx context.Context, id tenant.ID) (table.Item, error) {
	item, err := s.db.Get(ctx, Key(id))
	if err == nil && item == nil {
		err = ErrNotFound
	}
	return item, err
}

// Tenants returns a page of all tenants in the order of their ids: at most limit tenants
// whose ids are greater than after. next is the value of after for the next page, or "" if
// this is the last one.
func (s *Store) Tenants(
	ctx context.Context, after tenant.ID, limit int,
) (page []tenant.Tenant, next tenant.ID, err error) {
	items, last, err := s.db.Query(ctx, table.Query{PK: tenantsPK, After: string(after), Limit: limit})
	for _, item := range items {
		t, err := FromItem(item)
		if err != nil {
			return nil, "", err
		}
		page = append(page, t)
	}
	return page, tenant.ID(last), err
}

// DeleteTenant deletes the record of a tenant that is being deleted, its schemas, and its claims on
// its domains. Everything else of the tenant must have been deleted before. The id can't be used
// again for the duration unused, which is longer than another call of the same removal can still run:
// such a call deletes by the id, so it would delete what belongs to a new tenant. The errors are
// ErrNotFound, if the tenant no longer exists or is not being deleted, and ErrUnavailable.
func (s *Store) DeleteTenant(ctx context.Context, t tenant.Tenant, unused time.Duration) error {
	until := s.now().Add(unused)
	err := s.db.Transact(ctx, func(table.Stamp) []table.Write {
		writes := []table.Write{
			table.Delete(Key(t.ID)).WithCondition("#created = :created AND #state = :deleting", table.Item{
				"created": scim.FormatTime(t.Created), "deleting": string(tenant.Deleting),
			}),
			table.Delete(schemasKey(t.ID)),
			table.Put(removedKey(t.ID), table.Item{
				"until": until.UnixMilli(), "expires": until.Add(time.Minute).Unix(),
			}),
		}
		return append(writes, releaseDomains(t.ID, t.Domains)...)
	})
	if failed := table.FailedConditions(err); failed != nil && failed.At(0) != nil {
		return ErrNotFound
	}
	return err
}

// SchemaVersions reads the versions of the schemas of those tenants that exist and are not
// being deleted.
func (s *Store) SchemaVersions(ctx context.Context, ids []tenant.ID) (map[tenant.ID]tenant.SchemaVersion, error) {
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = Key(id)
	}
	items, err := s.db.GetAll(ctx, keys)
	versions := map[tenant.ID]tenant.SchemaVersion{}
	for _, item := range items {
		if tenant.State(item.Text("state")) != tenant.Deleting {
			versions[tenant.ID(item.Text("SK"))] = tenant.SchemaVersion(item.Text("schemas"))
		}
	}
	return versions, err
}
