package tenantstore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// add adds an extension with a URN.
func add(urn string) tenantstore.SchemaEdit {
	return func(_ tenant.Tenant, old []tenant.Extension) ([]tenant.Extension, error) {
		return append(old, tenant.Extension{URN: urn, ResourceType: "User", Definition: "{}"}), nil
	}
}

func (b *bench) wantSchemas(n int) tenant.SchemaVersion {
	b.Helper()
	all, err := b.Schemas(b.Context(), "acme")
	record, e := b.Tenant(b.Context(), "acme")
	if err := errors.Join(err, e); err != nil || len(all) != n || (record.Schemas == "") != (n == 0) {
		b.Errorf("%d schemas in version %q, %v; want %d", len(all), record.Schemas, err, n)
	}
	return record.Schemas
}

func TestChangeSchemas(t *testing.T) {
	b := newBench(t, nil)
	b.newTenant("acme", "acme.example")
	b.wantSchemas(0)
	if err := b.ChangeSchemas(t.Context(), "globex", add("urn:x:A")); !errors.Is(err, tenantstore.ErrNotFound) {
		t.Errorf("of a tenant that does not exist: %v", err)
	}
	if err := b.ChangeSchemas(t.Context(), "acme", add("urn:x:A")); err != nil {
		t.Fatal(err)
	}
	first := b.wantSchemas(1)
	_, err := b.ChangeTenant(t.Context(), "acme", func(t *tenant.Tenant) error { t.Name = "other"; return nil })
	if err != nil || b.wantSchemas(1) != first {
		t.Errorf("another change of the tenant changes the version, %v", err)
	}
	refused := errors.New("refused")
	refuse := func(tenant.Tenant, []tenant.Extension) ([]tenant.Extension, error) { return nil, refused }
	err = b.ChangeSchemas(t.Context(), "acme", refuse)
	if !errors.Is(err, refused) || b.wantSchemas(1) != first {
		t.Errorf("a refused change: %v", err)
	}
	remove := func(_ tenant.Tenant, old []tenant.Extension) ([]tenant.Extension, error) { return old[1:], nil }
	if err := b.ChangeSchemas(t.Context(), "acme", remove); err != nil {
		t.Fatal(err)
	}
	b.wantSchemas(0)
}

// TestSchemasAtTheSameTime: no change overwrites another one.
func TestSchemasAtTheSameTime(t *testing.T) {
	b := newBench(t, nil)
	b.newTenant("acme")
	var work sync.WaitGroup
	for i := range 5 {
		work.Go(func() {
			if err := b.ChangeSchemas(t.Context(), "acme", add(fmt.Sprintf("urn:x:A%d", i))); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	b.wantSchemas(5)
}

// TestSchemasOfADeletedTenant: a new tenant with the same id has none of them.
func TestSchemasOfADeletedTenant(t *testing.T) {
	b := newBench(t, nil)
	made := b.newTenant("acme")
	if err := b.ChangeSchemas(t.Context(), "acme", add("urn:x:A")); err != nil {
		t.Fatal(err)
	}
	b.markDeleting("acme")
	if err := b.DeleteTenant(t.Context(), made, 0); err != nil {
		t.Fatal(err)
	}
	b.newTenant("acme")
	b.wantSchemas(0)
}
