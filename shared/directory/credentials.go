package directory

import (
	"context"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// CreateCredential stores a credential of a tenant: its hash, never its token. The
// errors are ErrNotFound for a tenant that is not there or about to go, and
// ErrUnavailable. To store it again changes nothing.
func (d *Directory) CreateCredential(ctx context.Context, c tenant.Credential) error {
	err := d.db.Transact(ctx, func(table.Stamp) []table.Write {
		return []table.Write{
			table.Check(tenantKey(c.Tenant), "attribute_exists(PK) AND #state <> :deleting", table.Item{"deleting": string(tenant.Deleting)}),
			table.Put(credentialKey(c.KeyID), credentialItem(c)),
			table.Put(d.For(c.Tenant).listedKey(c.KeyID), kept(table.Item{}, c)),
		}
	})
	if refusal(err) != nil {
		return ErrNotFound
	}
	return err
}

func (t *Tenant) listedKey(id tenant.KeyID) table.Key {
	return table.Key{PK: t.credentialsPK(), SK: string(id)}
}

// Credential reads a credential. The errors are ErrNotFound and ErrUnavailable.
func (d *Directory) Credential(ctx context.Context, id tenant.KeyID) (tenant.Credential, error) {
	item, err := d.db.Get(ctx, credentialKey(id))
	if err == nil && item == nil {
		err = ErrNotFound
	}
	if err != nil {
		return tenant.Credential{}, err
	}
	return credentialFrom(item)
}

// Credentials reads a page of the tenant's credentials in the order of their key
// ids: at most limit of them behind one. next is where to go on, "" at the end.
func (t *Tenant) Credentials(ctx context.Context, after tenant.KeyID, limit int) (page []tenant.Credential, next tenant.KeyID, err error) {
	listed, last, err := t.d.db.Query(ctx, table.Query{PK: t.credentialsPK(), After: string(after), Limit: limit})
	if err != nil || len(listed) == 0 {
		return nil, "", err
	}
	keys := make([]table.Key, len(listed))
	for i, item := range listed {
		keys[i] = credentialKey(tenant.KeyID(item.Text("SK")))
	}
	page, err = t.d.credentials(ctx, keys)
	return page, tenant.KeyID(last), err
}

// EditCredential lets edit change a credential of the tenant, as to its expiry and
// revocation. The errors are ErrNotFound, which is also said of another tenant's,
// ErrContention, ErrUnavailable and those of edit.
func (t *Tenant) EditCredential(ctx context.Context, id tenant.KeyID, edit func(*tenant.Credential) error) (c tenant.Credential, err error) {
	err = again(ctx, func() (err error) {
		c, err = t.editCredential(ctx, id, edit)
		return err
	})
	return c, err
}

func (t *Tenant) editCredential(ctx context.Context, id tenant.KeyID, edit func(*tenant.Credential) error) (tenant.Credential, error) {
	old, err := t.d.Credential(ctx, id)
	if err == nil && old.Tenant != t.id {
		err = ErrNotFound
	}
	if err != nil {
		return tenant.Credential{}, err
	}
	c := old
	if err := edit(&c); err != nil {
		return old, err
	}
	err = t.d.db.Transact(ctx, func(stamp table.Stamp) []table.Write {
		item := kept(validity(c), c)
		item["writer"] = string(stamp)
		return []table.Write{
			table.Update(credentialKey(id), item).Provided("#expiresAt = :expires AND #revokedAt = :revoked",
				table.Item{"expires": seconds(old.Expires), "revoked": seconds(old.Revoked)}),
			table.Put(t.listedKey(id), kept(table.Item{}, c)),
		}
	})
	if refusal(err) != nil {
		return old, errMoved
	}
	return c, err
}

// usedEvery is how often it is written that a credential is used.
const usedEvery = time.Hour

// Used notes that a credential has been used, unless that was noted within the
// last hour. It makes no call then.
func (d *Directory) Used(ctx context.Context, c tenant.Credential) error {
	now := d.now()
	if now.Sub(c.Used) < usedEvery {
		return nil
	}
	err := d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(credentialKey(c.KeyID), table.Item{"usedAt": now.Unix()}).
			Provided("attribute_exists(PK) AND #usedAt <= :before", table.Item{"before": now.Add(-usedEvery).Unix()})
	})
	if refusal(err) != nil { // another process has noted it, or the credential has gone
		return nil
	}
	return err
}

// credentials reads credentials by key, in the order of the keys.
func (d *Directory) credentials(ctx context.Context, keys []table.Key) ([]tenant.Credential, error) {
	items, err := d.db.GetAll(ctx, keys)
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
