package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/tenant"
)

func (h *handler) tenants(s *Service) {
	h.handle(
		"GET /v1/tenants",
		tenantLabel,
		withPage(func(r *http.Request, after string, limit int) (TenantList, error) {
			return s.Tenants(r.Context(), tenant.ID(after), limit)
		}),
		"after",
		"limit",
	)
	h.handle("POST /v1/tenants", tenantLabel,
		withBody(http.StatusCreated, func(r *http.Request, in NewTenant) (Tenant, error) {
			out, err := s.CreateTenant(r.Context(), in)
			if err != nil {
				return Tenant{}, toAPIError(err, fmt.Sprintf("tenant %q", in.ID))
			}
			return out, nil
		}))
	h.handle("GET /v1/tenants/{id}", tenantLabel, withoutBody(func(r *http.Request) (Tenant, error) {
		return s.Tenant(r.Context(), tenantOf(r))
	}))
	h.handle("GET /v1/tenants/{id}/health", tenantLabel, withoutBody(func(r *http.Request) (Health, error) {
		return s.Health(r.Context(), tenantOf(r))
	}))
	h.handle("GET /v1/refusals", tenantLabel, withoutBody(func(r *http.Request) (Refusals, error) {
		return s.UnknownCredentials(r.Context())
	}))
	h.handle("PATCH /v1/tenants/{id}", tenantLabel,
		withBody(http.StatusOK, func(r *http.Request, in TenantChange) (Tenant, error) {
			return s.ChangeTenant(r.Context(), tenantOf(r), in)
		}))
	h.handle("DELETE /v1/tenants/{id}", tenantLabel, withoutBody(func(r *http.Request) (Removal, error) {
		return s.RemoveTenant(r.Context(), tenantOf(r), r.URL.Query().Get("confirm"))
	}), "confirm")
	h.state(s, "suspend", tenant.Suspended)
	h.state(s, "resume", tenant.Active)
}

func (h *handler) state(s *Service, verb string, state tenant.State) {
	h.handle("POST /v1/tenants/{id}/"+verb, tenantLabel,
		withBody(http.StatusOK, func(r *http.Request, _ struct{}) (Tenant, error) {
			return s.SetState(r.Context(), tenantOf(r), state)
		}))
}
