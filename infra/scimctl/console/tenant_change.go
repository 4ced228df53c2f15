package console

import (
	"context"
	"fmt"
	"net/http"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

const (
	suspendEffect = "No credential of the tenant works, so every request of its provider is refused. Nothing is lost."
	resumeEffect  = "The tenant's credentials work again."
)

func (c *console) askSuspend(ctx context.Context, r *http.Request) (question, error) {
	var t admin.Tenant
	err := c.get(ctx, apiPath(tenantIn(r)), &t)
	return c.about(r, navSettings, question{
		Title: fmt.Sprintf("Suspend %s?", t.Name), Button: "Suspend", Danger: true,
		Effects: []string{
			suspendEffect,
			"You can resume the tenant at any time.",
		},
	}), err
}

func (c *console) askResume(ctx context.Context, r *http.Request) (question, error) {
	var t admin.Tenant
	err := c.get(ctx, apiPath(tenantIn(r)), &t)
	return c.about(r, navSettings, question{
		Title: fmt.Sprintf("Resume %s?", t.Name), Button: "Resume", Effects: []string{resumeEffect},
	}), err
}

func (c *console) setState(verb string) act {
	return func(ctx context.Context, r *http.Request) (outcome, error) {
		id := tenantIn(r)
		var t admin.Tenant
		err := c.post(ctx, apiPath(id, verb), nil, &t)
		c.health.forget(id)
		return done(c.at("tenants", id), fmt.Sprintf("%s is %s", t.Name, t.State), wording.TenantDelay(t)), err
	}
}

func (c *console) askTenantName(ctx context.Context, r *http.Request) (question, error) {
	var t admin.Tenant
	err := c.get(ctx, apiPath(tenantIn(r)), &t)
	return c.about(r, navSettings, question{
		Title: fmt.Sprintf("Rename %s", t.Name), Button: "Rename",
		Effects: []string{"Only the name for people changes. The id, URLs and tokens stay."},
		Fields:  []web.Field{{Name: "name", Label: "New name", Value: t.Name, Required: true}},
	}), err
}

func (c *console) renameTenant(ctx context.Context, r *http.Request) (outcome, error) {
	id, name := tenantIn(r), r.PostFormValue("name")
	var t admin.Tenant
	err := c.api.Once(ctx, http.MethodPatch, apiPath(id), admin.TenantChange{Name: &name}, &t)
	return done(c.at("tenants", id, "settings"), "The tenant is now called "+t.Name, ""), err
}

// post sends a change to the operator API, once.
func (c *console) post(ctx context.Context, path string, in, out any) error {
	return c.api.Once(ctx, http.MethodPost, path, in, out)
}
