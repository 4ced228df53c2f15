package admin

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"scimserver/shared/directory"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
)

// checkType refuses to move an extension from users to groups, or back: a missing or wrong type would
// remove the attributes from the resources that have them.
func (c schemaChange) checkType(old tenant.Extension) error {
	if c.now == nil || c.now.ResourceType == old.ResourceType {
		return nil
	}
	return conflict("the schema belongs to the tenant's %ss, so it can't be one of %ss; remove it first, "+
		"or use another id", strings.ToLower(old.ResourceType), strings.ToLower(c.now.ResourceType))
}

// checkStored refuses a change if a stored value of the extension would not be valid, or
// not defined, afterwards. It reads the resources only if the definitions alone do not
// decide this.
func (c schemaChange) checkStored(ctx context.Context, old tenant.Extension) error {
	before, now, err := c.definitions(old)
	if err != nil || now != nil && now.Widens(before) {
		return err
	}
	fits := func(r directory.Resource) bool {
		v := r.Doc.Get(old.URN)
		return v.IsEmpty() || now != nil && now.Fits(v)
	}
	unfit, err := c.count(ctx, directory.Kind(old.ResourceType), fits)
	kind := strings.ToLower(old.ResourceType) + "s"
	switch {
	case errors.Is(err, directory.ErrTooMany):
		return conflict("the tenant has too many %s to look for values of the schema, more than %d; "+
			"attributes can be added to the schema, but not changed or removed", kind, directory.MaxScanned)
	case err == nil && unfit > 0 && now == nil:
		return conflict("the schema is in use: it has values in %d of the tenant's %s; remove them first, "+
			"at the identity provider or by a PATCH with op remove", unfit, kind)
	case err == nil && unfit > 0:
		return conflict("the new definition does not take what is stored in %d of the tenant's %s; keep the "+
			"attributes that are in use as they are, or let the identity provider remove the values first", unfit, kind)
	}
	return err
}

// definitions returns the old schema, and the new one. There is no new one if the
// extension is removed, or gets another spelling.
func (c schemaChange) definitions(old tenant.Extension) (before, now *schema.Schema, err error) {
	r, err := tenantschema.Extend(c.standard, []tenant.Extension{old})
	if err != nil {
		return nil, nil, err
	}
	before = r.Schema(old.URN)
	if c.now == nil || c.now.URN != old.URN {
		return before, nil, nil
	}
	if r, err = tenantschema.Extend(c.standard, []tenant.Extension{*c.now}); err != nil {
		return nil, nil, err
	}
	return before, r.Schema(c.now.URN), nil
}

// count counts the resources that do not fit.
func (c schemaChange) count(
	ctx context.Context, k directory.Kind, fits func(directory.Resource) bool,
) (int64, error) {
	var n atomic.Int64
	err := c.Directory.For(c.tenant).Scan(ctx, k, func(_ context.Context, some []directory.Resource) error {
		for _, r := range some {
			if !fits(r) {
				n.Add(1)
			}
		}
		return nil
	})
	return n.Load(), err
}
