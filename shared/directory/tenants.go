package directory

import (
	"context"
	"fmt"
	"strings"
	"time"

	"scimserver/shared/directory/table"
	"scimserver/shared/tenant"
)

// PutTenant stores the record of a tenant, in place of an earlier one.
func (d *Directory) PutTenant(ctx context.Context, t tenant.Tenant) error {
	if t.ID == "" || strings.ContainsAny(string(t.ID), "# ") || !t.Profile.Valid() {
		return fmt.Errorf("directory: tenant %q with profile %q can't be stored", t.ID, t.Profile)
	}
	return d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(tenantKey(t.ID), table.Item{"name": t.Name, "profile": string(t.Profile)})
	})
}

// Tenant reads the record of a tenant. The errors are ErrNotFound and
// ErrUnavailable.
func (d *Directory) Tenant(ctx context.Context, id tenant.ID) (tenant.Tenant, error) {
	item, err := d.db.Get(ctx, tenantKey(id))
	if err != nil {
		return tenant.Tenant{}, err
	}
	if item == nil {
		return tenant.Tenant{}, ErrNotFound
	}
	return tenant.Tenant{ID: id, Name: item.Text("name"), Profile: tenant.Profile(item.Text("profile"))}, nil
}

// PutCredential stores a credential: its hash, never its token.
func (d *Directory) PutCredential(ctx context.Context, c tenant.Credential) error {
	scopes := make([]string, len(c.Scopes))
	for i, scope := range c.Scopes {
		scopes[i] = string(scope)
	}
	item := table.Item{
		"tenant":  string(c.Tenant),
		"hash":    c.Hash[:],
		"scopes":  strings.Join(scopes, " "),
		"created": c.Created.UTC().Format(time.RFC3339),
	}
	if !c.Expires.IsZero() {
		item["expiresAt"] = c.Expires.Unix()
	}
	return d.db.Write(ctx, func(table.Stamp) table.Write { return table.Put(credentialKey(c.KeyID), item) })
}

// Credential reads a credential. The errors are ErrNotFound and ErrUnavailable.
func (d *Directory) Credential(ctx context.Context, id tenant.KeyID) (tenant.Credential, error) {
	item, err := d.db.Get(ctx, credentialKey(id))
	if err != nil {
		return tenant.Credential{}, err
	}
	if item == nil {
		return tenant.Credential{}, ErrNotFound
	}
	c := tenant.Credential{KeyID: id, Tenant: tenant.ID(item.Text("tenant"))}
	copy(c.Hash[:], item.Bytes("hash"))
	for _, scope := range strings.Fields(item.Text("scopes")) {
		c.Scopes = append(c.Scopes, tenant.Scope(scope))
	}
	if at := item.Int("expiresAt"); at != 0 {
		c.Expires = time.Unix(at, 0)
	}
	c.Created, err = time.Parse(time.RFC3339, item.Text("created"))
	return c, err
}
