package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
)

// Schemas returns the extensions that a tenant has added.
func (s *Service) Schemas(ctx context.Context, id tenant.ID) (TenantSchemaList, error) {
	out := TenantSchemaList{Schemas: []TenantSchema{}}
	if err := s.requireTenant(ctx, id); err != nil {
		return out, err
	}
	all, err := s.Directory.Tenants().Schemas(ctx, id)
	for _, e := range all {
		out.Schemas = append(out.Schemas, toSchema(e))
	}
	return out, err
}

// Schema returns one extension of a tenant.
func (s *Service) Schema(ctx context.Context, id tenant.ID, urn string) (TenantSchema, error) {
	all, err := s.Schemas(ctx, id)
	if err != nil {
		return TenantSchema{}, err
	}
	for _, one := range all.Schemas {
		if scim.EqualName(one.URN, urn) {
			return one, nil
		}
	}
	return TenantSchema{}, directory.ErrNotFound
}

// DefineSchema adds an extension to a tenant, or changes its definition. A definition that
// does not allow a stored value is refused.
func (s *Service) DefineSchema(
	ctx context.Context, id tenant.ID, urn string, in SchemaDefinition,
) (TenantSchema, error) {
	standard, err := schema.Standard()
	if err != nil {
		return TenantSchema{}, err
	}
	e, err := tenantschema.Define(standard, in.ResourceType, string(in.Definition))
	if err != nil {
		return TenantSchema{}, invalid("the definition can't be used: %v", err)
	}
	if e.URN != urn {
		return TenantSchema{}, invalid("the path names schema %q, and the definition has the id %q", urn, e.URN)
	}
	e.Changed = s.Now().UTC().Truncate(time.Second)
	change := schemaChange{Service: s, standard: standard, tenant: id, urn: urn, now: &e}
	return s.changeSchemas(ctx, change)
}

// RemoveSchema removes an extension from a tenant, and returns it as it was. It is refused
// if a resource has a value of it.
func (s *Service) RemoveSchema(ctx context.Context, id tenant.ID, urn string) (TenantSchema, error) {
	standard, err := schema.Standard()
	if err != nil {
		return TenantSchema{}, err
	}
	return s.changeSchemas(ctx, schemaChange{Service: s, standard: standard, tenant: id, urn: urn})
}

func (s *Service) changeSchemas(ctx context.Context, c schemaChange) (out TenantSchema, err error) {
	if err := s.requireTenant(ctx, c.tenant); err != nil {
		return out, err
	}
	err = s.Directory.Tenants().ChangeSchemas(ctx, c.tenant,
		func(t tenant.Tenant, old []tenant.Extension) (all []tenant.Extension, err error) {
			if t.State == tenant.Deleting {
				return nil, beingDeleted(t.ID)
			}
			all, out, err = c.apply(ctx, old)
			return all, err
		})
	out.EffectiveSeconds = int64((s.CacheTime + maxRequestTime) / time.Second)
	out.Note = schemaNote(int(out.EffectiveSeconds), c.now == nil)
	return out, err
}

// schemaNote says what requests do until all of them follow a change.
func schemaNote(seconds int, removed bool) string {
	until := fmt.Sprintf("It takes up to %s until all requests follow this change. ", Counted(seconds, "second"))
	if removed {
		return until + "A value that comes earlier may still be stored. It is hidden until the schema is added again."
	}
	return until + "A value of a new attribute that comes earlier is ignored: it is not stored, and the tenant's " +
		"log names the attribute."
}

// schemaChange adds, changes or removes one extension of a tenant.
type schemaChange struct {
	*Service
	standard *schema.Registry
	tenant   tenant.ID
	urn      string
	now      *tenant.Extension // nil: remove it
}

// apply makes the new extensions from the old ones. out is the extension that was changed.
func (c schemaChange) apply(
	ctx context.Context, old []tenant.Extension,
) (all []tenant.Extension, out TenantSchema, err error) {
	all = slices.Clone(old)
	at := slices.IndexFunc(all, func(e tenant.Extension) bool { return scim.EqualName(e.URN, c.urn) })
	switch {
	case at < 0 && c.now == nil:
		return nil, out, directory.ErrNotFound
	case at < 0:
		all = append(all, *c.now)
	case c.now == nil:
		out = toSchema(old[at])
		all = slices.Delete(all, at, at+1)
	default:
		all[at] = *c.now
	}
	if c.now != nil {
		out = toSchema(*c.now)
		if err := tenantschema.CheckLimits(c.standard, all); err != nil {
			return nil, out, invalid("the definition can't be used: %v", err)
		}
	}
	if at >= 0 {
		if err = c.checkType(old[at]); err == nil {
			err = c.checkStored(ctx, old[at])
		}
	}
	return all, out, err
}

func toSchema(e tenant.Extension) TenantSchema {
	return TenantSchema{
		URN: e.URN, ResourceType: e.ResourceType, Definition: json.RawMessage(e.Definition), Changed: e.Changed,
	}
}
