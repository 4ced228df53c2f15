package admin

import (
	"context"
	"encoding/json"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
)

// resourceView shows the users and groups of one tenant, without the attributes that the tenant's own
// schemas never return. The zero value shows all attributes.
type resourceView map[directory.Kind]*schema.Projection

// view makes the view of a tenant's resources. It reads the tenant's own schemas, if there are any.
func (s *Service) view(ctx context.Context, t tenant.Tenant) (resourceView, error) {
	if t.Schemas == "" {
		return nil, nil
	}
	standard, err := schema.Standard()
	if err != nil {
		return nil, err
	}
	registry, err := tenantschema.New(standard, s.Directory.Tenants()).Of(ctx, t.ID, t.Schemas)
	if err != nil {
		return nil, err
	}
	view := resourceView{}
	for _, k := range []directory.Kind{directory.UserKind, directory.GroupKind} {
		typ := registry.Type(string(k))
		if view[k], err = typ.Project(schema.Selection{Sent: typ.OnRequest()}); err != nil {
			return nil, err
		}
	}
	return view, nil
}

// doc returns what is shown of a document.
func (v resourceView) doc(k directory.Kind, doc scim.Value) scim.Value {
	if p := v[k]; p != nil {
		return p.Apply(doc)
	}
	return doc
}

// user shows a user.
func (v resourceView) user(r directory.Resource) User {
	out := userSummary(r)
	out.Attributes = json.RawMessage(v.doc(directory.UserKind, r.Doc).JSON())
	return out
}
