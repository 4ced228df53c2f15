package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/tenant"
)

func (h *handler) tenants(s *Service) {
	h.handle("GET /v1/tenants", theTenant, paged(func(r *http.Request, after string, limit int) (any, error) {
		return s.Tenants(r.Context(), tenant.ID(after), limit)
	}), "after", "limit")
	h.handle("POST /v1/tenants", theTenant, taking(http.StatusCreated, func(r *http.Request, in NewTenant) (any, error) {
		out, err := s.CreateTenant(r.Context(), in)
		if err != nil {
			return nil, outward(err, fmt.Sprintf("tenant %q", in.ID))
		}
		return out, nil
	}))
	h.handle("GET /v1/tenants/{id}", theTenant, func(r *http.Request) (int, any, error) {
		out, err := s.Tenant(r.Context(), tenantOf(r))
		return http.StatusOK, out, err
	})
	h.handle("PATCH /v1/tenants/{id}", theTenant, taking(http.StatusOK, func(r *http.Request, in TenantChange) (any, error) {
		return s.ChangeTenant(r.Context(), tenantOf(r), in)
	}))
	h.handle("DELETE /v1/tenants/{id}", theTenant, func(r *http.Request) (int, any, error) {
		out, err := s.RemoveTenant(r.Context(), tenantOf(r), r.URL.Query().Get("confirm"))
		return http.StatusOK, out, err
	}, "confirm")
	h.state(s, "suspend", tenant.Suspended)
	h.state(s, "resume", tenant.Active)
}

func (h *handler) state(s *Service, verb string, state tenant.State) {
	h.handle("POST /v1/tenants/{id}/"+verb, theTenant, taking(http.StatusOK, func(r *http.Request, _ struct{}) (any, error) {
		return s.SetState(r.Context(), tenantOf(r), state)
	}))
}
