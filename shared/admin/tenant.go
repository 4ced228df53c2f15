package admin

import (
	"context"
	"errors"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// CreateTenant makes a tenant, and its key at API Gateway.
func (s *Service) CreateTenant(ctx context.Context, in NewTenant) (Tenant, error) {
	t := tenant.Tenant{ID: in.ID, Name: string(in.ID), Profile: tenant.Generic, Limits: tenant.DefaultLimits()}
	if !in.ID.Valid() {
		return Tenant{}, invalid("id %q can't name a tenant: take 1 to 63 lower-case letters, digits and hyphens, the first no hyphen", in.ID)
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
	return s.throttled(ctx, made), nil
}

// throttled gives a tenant a key that has the tenant's limits. When that fails the
// tenant is served all the same: under its key of before, or under the key that all
// share. The next change of the tenant tries again.
func (s *Service) throttled(ctx context.Context, t tenant.Tenant) Tenant {
	if s.Keys == nil {
		return s.shown(t)
	}
	key, err := s.Keys.Ensure(ctx, t.ID, t.Limits)
	switch {
	case err == nil && key != t.Key:
		t, err = s.switchKey(ctx, t, key)
	case err == nil && s.Now().Sub(t.KeySince) > s.CacheTime+longestRequest:
		err = s.Keys.DeleteAllBut(ctx, t.ID, key)
	}
	out := s.shown(t)
	if err != nil {
		out.Warning = "API Gateway does not throttle it by its own limits yet: " + err.Error() + "; any update of the tenant tries again"
	}
	return out
}

// switchKey puts a key into the record of a tenant. The authorizer's answers name the
// key of before until they expire, so that key is not deleted yet: a later change of the
// tenant does so, and so does the tenant's removal. If somebody has changed the limits
// meanwhile, the key is not theirs.
func (s *Service) switchKey(ctx context.Context, t tenant.Tenant, key tenant.APIKey) (tenant.Tenant, error) {
	return s.Directory.Tenants().ChangeTenant(ctx, t.ID, func(now *tenant.Tenant) error {
		if now.Limits == t.Limits {
			now.Key, now.KeySince = key, s.Now()
		}
		return nil
	})
}

// Tenant shows one tenant with the number of its users and groups.
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
	out := s.shown(t)
	out.Users, out.Groups = &users, &groups
	return out, err
}

// Tenants shows a page of tenants.
func (s *Service) Tenants(ctx context.Context, after tenant.ID, limit int) (TenantList, error) {
	page, next, err := s.Directory.Tenants().Tenants(ctx, after, limit)
	out := TenantList{Tenants: []Tenant{}, Next: next}
	for _, t := range page {
		out.Tenants = append(out.Tenants, s.shown(t))
	}
	return out, err
}

// ChangeTenant changes what the change names.
func (s *Service) ChangeTenant(ctx context.Context, id tenant.ID, change TenantChange) (Tenant, error) {
	return s.change(ctx, id, change.apply)
}

// SetState suspends a tenant or lets it go on.
func (s *Service) SetState(ctx context.Context, id tenant.ID, state tenant.State) (Tenant, error) {
	return s.change(ctx, id, func(t *tenant.Tenant) error {
		t.State = state
		return nil
	})
}

func (s *Service) change(ctx context.Context, id tenant.ID, edit func(*tenant.Tenant) error) (Tenant, error) {
	t, err := s.Directory.Tenants().ChangeTenant(ctx, id, func(t *tenant.Tenant) error {
		if t.State == tenant.Deleting {
			return beingDeleted(id)
		}
		return edit(t)
	})
	if err != nil {
		return Tenant{}, err
	}
	return s.throttled(ctx, t), nil
}

func (s *Service) shown(t tenant.Tenant) Tenant {
	out := Tenant{
		ID: t.ID, Name: t.Name, Profile: t.Profile, State: t.State, Domains: t.Domains, Created: t.Created, OwnThrottle: t.Key.Value != "",
		Connect: connectOf(t.Connect), Reactivate: t.Reactivate,
		Limits: Limits{
			RequestsPerSecond: t.Limits.RequestsPerSecond, Burst: t.Limits.Burst, Users: t.Limits.Users, Groups: t.Limits.Groups,
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
