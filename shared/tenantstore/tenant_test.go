package tenantstore_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

func TestTenantRecord(t *testing.T) {
	clock, at := newClock()
	b := newBench(t, nil, at)
	made := b.newTenant("acme", "acme.example", "acme.test")
	if made.State != tenant.Active || made.Limits != tenant.DefaultLimits() || !made.Created.Equal(clock.now) {
		t.Errorf("made %+v", made)
	}
	if _, err := b.CreateTenant(t.Context(), made); !errors.Is(err, tenantstore.ErrExists) {
		t.Errorf("made twice: %v", err)
	}
	clock.now = clock.now.Add(time.Hour)
	limits := tenant.Limits{
		RequestsPerSecond: 7, Burst: 8, Users: 9, Groups: 10, EmailsPerUser: 11, TokenAge: time.Minute,
	}
	_, err := b.ChangeTenant(t.Context(), "acme", func(t *tenant.Tenant) error {
		t.State, t.Limits = tenant.Suspended, limits
		t.Key, t.Domains = tenant.APIKey{ID: "i", Value: "v"}, []string{"acme.test"}
		t.KeySince = clock.now
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Tenant(t.Context(), "acme")
	if err != nil || got.State != tenant.Suspended || got.Limits != limits || got.Key.Value != "v" ||
		!got.KeySince.Equal(clock.now) ||
		got.Name != "Tenant acme" || !got.Since.Equal(clock.now) || !got.Created.Equal(made.Created) ||
		!slices.Equal(got.Domains, []string{"acme.test"}) {
		t.Errorf("read %+v, %v", got, err)
	}
	_, err = b.ChangeTenant(t.Context(), "globex", func(*tenant.Tenant) error { return nil })
	if !errors.Is(err, tenantstore.ErrNotFound) {
		t.Errorf("change of a tenant that does not exist: %v", err)
	}
}

func TestTenantsInPages(t *testing.T) {
	b := newBench(t, nil)
	for _, id := range []tenant.ID{"c", "a", "b"} {
		b.newTenant(id)
	}
	var seen []tenant.ID
	for after, pages := tenant.ID(""), 0; pages == 0 || after != ""; pages++ {
		page, next, err := b.Tenants(t.Context(), after, 2)
		if err != nil || pages > 2 {
			t.Fatal(err, pages)
		}
		for _, one := range page {
			seen = append(seen, one.ID)
		}
		after = next
	}
	if !slices.Equal(seen, []tenant.ID{"a", "b", "c"}) {
		t.Errorf("listed %v", seen)
	}
}

func TestDomainBelongsToOneTenant(t *testing.T) {
	b := newBench(t, nil)
	b.newTenant("acme", "one.example", "two.example")
	_, err := b.CreateTenant(t.Context(),
		tenant.Tenant{ID: "globex", Profile: tenant.Generic, Domains: []string{"three.example", "two.example"}})
	taken, ok := errors.AsType[*tenantstore.DomainTakenError](err)
	if !ok || !slices.Equal(taken.Domains, []string{"two.example"}) {
		t.Fatalf("error %v", err)
	}
	if _, err := b.Tenant(t.Context(), "globex"); !errors.Is(err, tenantstore.ErrNotFound) {
		t.Errorf("after the failure: %v", err)
	}
	release := func(t *tenant.Tenant) error { t.Domains = nil; return nil }
	if _, err := b.ChangeTenant(t.Context(), "acme", release); err != nil {
		t.Fatal(err)
	}
	b.newTenant("globex", "two.example")
}

// TestDeleteTenant: a late call spares a tenant that is not being deleted, and a new one with the same id.
func TestDeleteTenant(t *testing.T) {
	clock, at := newClock()
	b := newBench(t, nil, at)
	old := b.newTenant("acme", "acme.example")
	remove := func(want error) {
		t.Helper()
		if err := b.DeleteTenant(t.Context(), old, time.Minute); !errors.Is(err, want) {
			t.Errorf("deleted: %v, want %v", err, want)
		}
	}
	remove(tenantstore.ErrNotFound)
	b.markDeleting("acme")
	remove(nil)
	remove(tenantstore.ErrNotFound)
	for _, wait := range []time.Duration{time.Minute, time.Millisecond} {
		_, err := b.CreateTenant(t.Context(), old)
		if removed, ok := errors.AsType[*tenantstore.RemovedError](err); !ok || removed.Wait != wait {
			t.Errorf("created: %v, want a wait of %v", err, wait)
		}
		clock.now = clock.now.Add(time.Minute - time.Millisecond)
	}
	b.newTenant("acme", "acme.example")
	b.markDeleting("acme")
	remove(tenantstore.ErrNotFound)
	if _, err := b.Tenant(t.Context(), "acme"); err != nil {
		t.Errorf("the new tenant: %v", err)
	}
}
