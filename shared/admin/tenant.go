package admin

import (
	"context"
	"errors"
	"slices"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// CreateTenant creates a tenant and its API key.
func (s *Service) CreateTenant(ctx context.Context, in NewTenant) (Tenant, error) {
	t := tenant.Tenant{ID: in.ID, Name: string(in.ID), Profile: tenant.Generic, Limits: tenant.DefaultLimits()}
	if !in.ID.Valid() {
		return Tenant{}, invalid("id %q can't name a tenant: use 1 to 63 lower-case letters, digits and hyphens, "+
			"and do not begin with a hyphen", in.ID)
	}
	if err := in.apply(&t); err != nil {
		return Tenant{}, err
	}
	made, err := s.Directory.Tenants().CreateTenant(ctx, t)
	if errors.Is(err, tenantstore.ErrExists) {
		if old, e := s.Directory.Tenants().Tenant(ctx, in.ID); e == nil && old.State == tenant.Deleting {
			return Tenant{}, beingDeleted(in.ID)
		}
	}
	if err != nil {
		return Tenant{}, err
	}
	return s.ensureKey(ctx, made), nil
}

// ensureKey gives a tenant an API key that has the tenant's limits. If that fails, the tenant is
// served under its previous key or the shared one, and the next change of the tenant tries again.
func (s *Service) ensureKey(ctx context.Context, t tenant.Tenant) Tenant {
	if s.Keys == nil {
		return s.toTenant(t)
	}
	key, err := s.Keys.Ensure(ctx, t.ID, t.Limits)
	switch {
	case err == nil && key != t.Key:
		t, err = s.switchKey(ctx, t, key)
	case err == nil && s.Now().Sub(t.KeySince) > s.CacheTime+maxRequestTime:
		err = s.Keys.DeleteAllBut(ctx, t.ID, key)
	}
	out := s.toTenant(t)
	if err != nil {
		out.Warning = "API Gateway does not throttle it by its own limits yet: " + err.Error() +
			"; any update of the tenant tries again"
	}
	return out
}

// switchKey puts a key into the tenant's record. The authorizer's cached answers contain the
// previous key until they expire, so a later change of the tenant deletes that key. If the
// limits have changed in between, the key does not fit and is not stored.
func (s *Service) switchKey(ctx context.Context, t tenant.Tenant, key tenant.APIKey) (tenant.Tenant, error) {
	return s.Directory.Tenants().ChangeTenant(ctx, t.ID, func(now *tenant.Tenant) error {
		if now.Limits == t.Limits {
			now.Key, now.KeySince = key, s.Now()
		}
		return nil
	})
}

// Tenant returns one tenant with the number of its users and groups.
func (s *Service) Tenant(ctx context.Context, id tenant.ID) (Tenant, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil {
		return Tenant{}, err
	}
	users, err := s.Directory.For(id).Count(ctx, directory.UserKind)
	if err != nil {
		return Tenant{}, err
	}
	groups, err := s.Directory.For(id).Count(ctx, directory.GroupKind)
	out := s.toTenant(t)
	out.Users, out.Groups = &users, &groups
	return out, err
}

// Tenants returns a page of tenants.
func (s *Service) Tenants(ctx context.Context, after tenant.ID, limit int) (TenantList, error) {
	page, next, err := s.Directory.Tenants().Tenants(ctx, after, limit)
	out := TenantList{Tenants: []Tenant{}, Next: next}
	for _, t := range page {
		out.Tenants = append(out.Tenants, s.toTenant(t))
	}
	return out, err
}

// ChangeTenant changes the fields that the change contains.
func (s *Service) ChangeTenant(ctx context.Context, id tenant.ID, change TenantChange) (Tenant, error) {
	return s.change(ctx, id, change.apply)
}

// SetState suspends or resumes a tenant.
func (s *Service) SetState(ctx context.Context, id tenant.ID, state tenant.State) (Tenant, error) {
	return s.change(ctx, id, func(t *tenant.Tenant) error {
		t.State = state
		return nil
	})
}

func (s *Service) change(ctx context.Context, id tenant.ID, edit func(*tenant.Tenant) error) (Tenant, error) {
	var before Tenant
	t, err := s.Directory.Tenants().ChangeTenant(ctx, id, func(t *tenant.Tenant) error {
		if t.State == tenant.Deleting {
			return beingDeleted(id)
		}
		before = s.toTenant(*t)
		return edit(t)
	})
	if err != nil {
		return Tenant{}, err
	}
	out := s.ensureKey(ctx, t)
	out.changed = settingsChanged(before, out)
	concernsRequests := func(setting string) bool { return setting != "name" }
	if out.State != before.State || slices.ContainsFunc(out.changed, concernsRequests) {
		out.EffectiveSeconds = int64(s.CacheTime / time.Second)
	}
	return out, nil
}

func (s *Service) toTenant(t tenant.Tenant) Tenant {
	out := Tenant{
		ID: t.ID, Name: t.Name, Profile: t.Profile, State: t.State, Domains: t.Domains, Created: t.Created,
		OwnThrottle: t.Key.Value != "",
		Connect:     connectMode(t.Connect), Reactivate: t.Reactivate,
		Limits: Limits{
			RequestsPerSecond: t.Limits.RequestsPerSecond, Burst: t.Limits.Burst, Users: t.Limits.Users,
			Groups:        t.Limits.Groups,
			EmailsPerUser: t.Limits.EmailsPerUser, TokenAgeSeconds: int64(t.Limits.TokenAge / time.Second),
		},
	}
	if t.State != tenant.Active {
		out.InactiveSince = &t.Since
	}
	if out.Domains == nil {
		out.Domains = []string{}
	}
	return out
}
