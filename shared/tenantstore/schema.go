package tenantstore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// Schemas reads the schemas that a tenant has added; there may be none.
func (s *Store) Schemas(ctx context.Context, id tenant.ID) ([]tenant.Extension, error) {
	all, _, err := s.schemas(ctx, id)
	return all, err
}

func (s *Store) schemas(
	ctx context.Context, id tenant.ID,
) (all []tenant.Extension, version tenant.SchemaVersion, err error) {
	item, err := s.db.Get(ctx, schemasKey(id))
	if err != nil || item == nil {
		return nil, "", err
	}
	if err := json.Unmarshal([]byte(item.Text("schemas")), &all); err != nil {
		return nil, "", fmt.Errorf("tenantstore: the schemas of tenant %s are damaged: %w", id, err)
	}
	return all, tenant.SchemaVersion(item.Text("version")), nil
}

// SchemaEdit returns the new schemas of a tenant that has the schemas old.
type SchemaEdit func(t tenant.Tenant, old []tenant.Extension) ([]tenant.Extension, error)

// ChangeSchemas lets edit change the schemas of a tenant, and stores them. In the same
// transaction the tenant's record gets a new version of the schemas. The errors are
// ErrNotFound, ErrContention, ErrUnavailable and those of edit.
func (s *Store) ChangeSchemas(ctx context.Context, id tenant.ID, edit SchemaEdit) error {
	return table.RetryIfChanged(ctx, func() error {
		old, version, err := s.schemas(ctx, id)
		if err != nil {
			return err
		}
		_, err = s.changeTenant(ctx, id, func(t *tenant.Tenant) ([]table.Write, error) {
			if t.Schemas != version {
				return nil, table.ErrItemChanged
			}
			now, err := edit(*t, old)
			if err != nil {
				return nil, err
			}
			return putSchemas(t, now)
		})
		return err
	})
}

// putSchemas gives a tenant a new version of its schemas, and makes the write that stores
// them. The condition on the tenant's record, which every change of the schemas writes,
// covers them.
func putSchemas(t *tenant.Tenant, all []tenant.Extension) ([]table.Write, error) {
	if len(all) == 0 {
		t.Schemas = ""
		return []table.Write{table.Delete(schemasKey(t.ID))}, nil
	}
	t.Schemas = tenant.SchemaVersion(rand.Text())
	data, err := json.Marshal(all)
	item := table.Item{"schemas": string(data), "version": string(t.Schemas)}
	return []table.Write{table.Put(schemasKey(t.ID), item)}, err
}
