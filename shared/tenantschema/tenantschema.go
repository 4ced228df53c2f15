// Package tenantschema adds the schemas of a tenant to those of the service. It says which
// definitions a tenant may add, and keeps those in use in memory.
package tenantschema

import (
	"context"
	"fmt"
	"sync"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
)

// maxCached is how many versions of tenants' schemas a process keeps. A version takes up to
// about 200 KB.
const maxCached = 100

// Store reads the schemas of a tenant; *tenantstore.Store is one.
type Store interface {
	Schemas(ctx context.Context, id tenant.ID) ([]tenant.Extension, error)
}

// Registries holds the registries of tenants. It is safe for concurrent use.
type Registries struct {
	standard *schema.Registry
	store    Store

	mu     sync.Mutex
	cached map[cacheKey]*schema.Registry
}

type cacheKey struct {
	tenant  tenant.ID
	version tenant.SchemaVersion
}

// New returns the registries of tenants: the standard one, with what each tenant has added
// in the store.
func New(standard *schema.Registry, store Store) *Registries {
	return &Registries{standard: standard, store: store, cached: map[cacheKey]*schema.Registry{}}
}

// Of returns the registry of a tenant with a version of its schemas. It reads each version
// from the store once, and nothing for a tenant without schemas. If the version is outdated,
// the registry is newer than the version.
func (r *Registries) Of(ctx context.Context, id tenant.ID, v tenant.SchemaVersion) (*schema.Registry, error) {
	if v == "" {
		return r.standard, nil
	}
	key := cacheKey{id, v}
	if found := r.find(key); found != nil {
		return found, nil
	}
	made, err := r.Current(ctx, id)
	if err != nil {
		return nil, err
	}
	r.keep(key, made)
	return made, nil
}

// Current reads the schemas of a tenant from the store, and returns its registry. Unlike the registry from Of, it
// is never outdated.
func (r *Registries) Current(ctx context.Context, id tenant.ID) (*schema.Registry, error) {
	all, err := r.store.Schemas(ctx, id)
	if err != nil {
		return nil, err
	}
	made, err := Extend(r.standard, all)
	if err != nil {
		return nil, fmt.Errorf("tenantschema: the schemas of tenant %s: %w", id, err)
	}
	return made, nil
}

func (r *Registries) find(key cacheKey) *schema.Registry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cached[key]
}

// keep stores a registry. If there is no room, it removes a random one.
func (r *Registries) keep(key cacheKey, made *schema.Registry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for other := range r.cached {
		if len(r.cached) < maxCached {
			break
		}
		delete(r.cached, other)
	}
	r.cached[key] = made
}

// Extend adds the schemas of a tenant to a registry.
func Extend(r *schema.Registry, all []tenant.Extension) (*schema.Registry, error) {
	var additions []schema.Addition
	for _, one := range all {
		s, err := parse(r, one.Definition)
		if err != nil {
			return nil, err
		}
		additions = append(additions, schema.Addition{Type: one.ResourceType, Schema: s})
	}
	return r.Extend(additions)
}

func parse(r *schema.Registry, definition string) (*schema.Schema, error) {
	v, err := scim.ParseJSON(definition)
	if err != nil {
		return nil, err
	}
	return r.ParseDefinition(v)
}
