package admin

import (
	"context"
	"encoding/json"

	"scimserver/shared/directory"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
)

// userView shows the users of one tenant, without what the tenant's own schemas say is never
// returned. The zero value shows all that is stored.
type userView struct{ projection *schema.Projection }

// viewUsers makes the view of a tenant's users. Only a tenant that has schemas of its own
// takes a read of them.
func (s *Service) viewUsers(ctx context.Context, t tenant.Tenant) (userView, error) {
	if t.Schemas == "" {
		return userView{}, nil
	}
	standard, err := schema.Standard()
	if err != nil {
		return userView{}, err
	}
	registry, err := tenantschema.New(standard, s.Directory.Tenants()).Of(ctx, t.ID, t.Schemas)
	if err != nil {
		return userView{}, err
	}
	users := registry.Type(string(directory.UserKind))
	p, err := users.Project(schema.Selection{Sent: users.OnRequest()})
	return userView{p}, err
}

func (v userView) show(r directory.Resource) User {
	out := userSummary(r)
	if v.projection != nil {
		r.Doc = v.projection.Apply(r.Doc)
	}
	out.Attributes = json.RawMessage(r.Doc.JSON())
	return out
}
