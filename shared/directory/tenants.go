package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// ErrExists says that there is a tenant of that id already.
var ErrExists = errors.New("directory: there is a tenant of that id")

// DomainTakenError says that domains are verified for another tenant.
type DomainTakenError struct{ Domains []string }

// Error names the domains.
func (e *DomainTakenError) Error() string {
	return fmt.Sprintf("directory: verified for another tenant: %v", e.Domains)
}

// MaxDomains is the most domains of one tenant: they are claimed in one transaction.
const MaxDomains = 40

// CreateTenant stores a new tenant, active and with the default limits where it
// has none. The errors are ErrExists, *DomainTakenError and ErrUnavailable.
func (d *Directory) CreateTenant(ctx context.Context, t tenant.Tenant) (tenant.Tenant, error) {
	t.Created = d.instant()
	t.State, t.Since = tenant.Active, t.Created
	if t.Limits == (tenant.Limits{}) {
		t.Limits = tenant.DefaultLimits()
	}
	if err := checkTenant(t); err != nil {
		return t, err
	}
	err := d.db.Transact(ctx, func(stamp table.Stamp) []table.Write {
		item := tenantItem(t)
		item["version"], item["writer"] = int64(1), string(stamp)
		writes := []table.Write{table.Put(tenantKey(t.ID), item).Provided("attribute_not_exists(PK)", nil)}
		return append(writes, takeDomains(t.ID, t.Domains)...)
	})
	failed := refusal(err)
	if failed != nil && failed.At(0) != nil {
		return t, ErrExists
	}
	return t, domainsLost(err, failed, t.Domains)
}

// ChangeTenant lets edit change the record of a tenant and stores it. The errors
// are ErrNotFound, *DomainTakenError, ErrContention, ErrUnavailable and those of
// edit.
func (d *Directory) ChangeTenant(ctx context.Context, id tenant.ID, edit func(*tenant.Tenant) error) (t tenant.Tenant, err error) {
	err = again(ctx, func() (err error) {
		t, err = d.changeTenant(ctx, id, edit)
		return err
	})
	return t, err
}

func (d *Directory) changeTenant(ctx context.Context, id tenant.ID, edit func(*tenant.Tenant) error) (tenant.Tenant, error) {
	item, err := d.tenantItem(ctx, id)
	if err != nil {
		return tenant.Tenant{}, err
	}
	old, err := tenantFrom(item)
	if err != nil {
		return old, err
	}
	t := old
	t.Domains = slices.Clone(old.Domains)
	if err := edit(&t); err != nil {
		return old, err
	}
	if (t.State == tenant.Active) != (old.State == tenant.Active) {
		t.Since = d.instant()
	}
	if err := checkTenant(t); err != nil {
		return old, err
	}
	return t, d.storeTenant(ctx, old, t, item.Int("version"))
}

// storeTenant replaces the record that was read at a version.
func (d *Directory) storeTenant(ctx context.Context, old, t tenant.Tenant, version int64) error {
	taken := lacking(t.Domains, old.Domains)
	err := d.db.Transact(ctx, func(stamp table.Stamp) []table.Write {
		item := tenantItem(t)
		item["version"], item["writer"] = version+1, string(stamp)
		writes := []table.Write{table.Put(tenantKey(t.ID), item).Provided("#version = :old", table.Item{"old": version})}
		writes = append(writes, takeDomains(t.ID, taken)...)
		return append(writes, yieldDomains(t.ID, lacking(old.Domains, t.Domains))...)
	})
	failed := refusal(err)
	if failed != nil && failed.At(0) != nil {
		return errMoved
	}
	return domainsLost(err, failed, taken)
}

// Tenant reads the record of a tenant. The errors are ErrNotFound and
// ErrUnavailable.
func (d *Directory) Tenant(ctx context.Context, id tenant.ID) (tenant.Tenant, error) {
	item, err := d.tenantItem(ctx, id)
	if err != nil {
		return tenant.Tenant{}, err
	}
	return tenantFrom(item)
}

func (d *Directory) tenantItem(ctx context.Context, id tenant.ID) (table.Item, error) {
	item, err := d.db.Get(ctx, tenantKey(id))
	if err == nil && item == nil {
		err = ErrNotFound
	}
	return item, err
}

// Tenants reads a page of all tenants in the order of their ids: at most limit of
// them behind one. next is where to go on, "" at the end.
func (d *Directory) Tenants(ctx context.Context, after tenant.ID, limit int) (page []tenant.Tenant, next tenant.ID, err error) {
	items, last, err := d.db.Query(ctx, table.Query{PK: tenantsPK, After: string(after), Limit: limit})
	for _, item := range items {
		t, err := tenantFrom(item)
		if err != nil {
			return nil, "", err
		}
		page = append(page, t)
	}
	return page, tenant.ID(last), err
}
