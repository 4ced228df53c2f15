package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/tenant"
)

func (h *handler) tenants(s *Service) {
	h.handle("GET /v1/tenants", theTenant, func(r *http.Request) (int, any, error) {
		after, limit, err := pageOf(r)
		if err != nil {
			return 0, nil, err
		}
		out, err := s.Tenants(r.Context(), tenant.ID(after), limit)
		return http.StatusOK, out, err
	}, "after", "limit")
	h.handle("POST /v1/tenants", theTenant, func(r *http.Request) (int, any, error) {
		var in NewTenant
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := s.CreateTenant(r.Context(), in)
		if err != nil {
			return 0, nil, outward(err, fmt.Sprintf("tenant %q", in.ID))
		}
		return http.StatusCreated, out, nil
	})
	h.handle("GET /v1/tenants/{id}", theTenant, func(r *http.Request) (int, any, error) {
		out, err := s.Tenant(r.Context(), tenantOf(r))
		return http.StatusOK, out, err
	})
	h.handle("PATCH /v1/tenants/{id}", theTenant, func(r *http.Request) (int, any, error) {
		var in TenantChange
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := s.ChangeTenant(r.Context(), tenantOf(r), in)
		return http.StatusOK, out, err
	})
	h.handle("DELETE /v1/tenants/{id}", theTenant, func(r *http.Request) (int, any, error) {
		out, err := s.RemoveTenant(r.Context(), tenantOf(r), r.URL.Query().Get("confirm"))
		return http.StatusOK, out, err
	}, "confirm")
	h.state(s, "suspend", tenant.Suspended)
	h.state(s, "resume", tenant.Active)
}

func (h *handler) state(s *Service, verb string, state tenant.State) {
	h.handle("POST /v1/tenants/{id}/"+verb, theTenant, func(r *http.Request) (int, any, error) {
		if err := read(r, &struct{}{}); err != nil {
			return 0, nil, err
		}
		out, err := s.SetState(r.Context(), tenantOf(r), state)
		return http.StatusOK, out, err
	})
}

func (h *handler) credentials(s *Service) {
	const all, one = "/v1/tenants/{id}/credentials", "/v1/tenants/{id}/credentials/{key}"
	h.handle("GET "+all, theTenant, func(r *http.Request) (int, any, error) {
		after, limit, err := pageOf(r)
		if err != nil {
			return 0, nil, err
		}
		out, err := s.Credentials(r.Context(), tenantOf(r), tenant.KeyID(after), limit)
		return http.StatusOK, out, err
	}, "after", "limit")
	h.handle("POST "+all, theTenant, func(r *http.Request) (int, any, error) {
		var in NewCredential
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := s.CreateCredential(r.Context(), tenantOf(r), in)
		return http.StatusCreated, out, err
	})
	h.handle("GET "+one, theCredential, func(r *http.Request) (int, any, error) {
		out, err := s.Credential(r.Context(), tenantOf(r), keyOf(r))
		return http.StatusOK, out, err
	})
	h.handle("POST "+one+"/rotate", theCredential, func(r *http.Request) (int, any, error) {
		var in Rotation
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := s.Rotate(r.Context(), tenantOf(r), keyOf(r), in)
		return http.StatusCreated, out, err
	})
	h.handle("DELETE "+one, theCredential, func(r *http.Request) (int, any, error) {
		out, err := s.Revoke(r.Context(), tenantOf(r), keyOf(r))
		return http.StatusOK, out, err
	})
}
