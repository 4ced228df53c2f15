package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/tenant"
)

func (h *handler) credentials(s *Service) {
	const all, one = "/v1/tenants/{id}/credentials", "/v1/tenants/{id}/credentials/{key}"
	h.handle("GET "+all, theTenant, paged(func(r *http.Request, after string, limit int) (any, error) {
		return s.Credentials(r.Context(), tenantOf(r), tenant.KeyID(after), limit)
	}), "after", "limit")
	h.handle("POST "+all, theTenant, taking(http.StatusCreated, func(r *http.Request, in NewCredential) (any, error) {
		return s.CreateCredential(r.Context(), tenantOf(r), in)
	}))
	h.handle("GET "+one, theCredential, func(r *http.Request) (int, any, error) {
		out, err := s.Credential(r.Context(), tenantOf(r), keyOf(r))
		return http.StatusOK, out, err
	})
	h.handle("POST "+one+"/rotate", theCredential, taking(http.StatusCreated, func(r *http.Request, in Rotation) (any, error) {
		return s.Rotate(r.Context(), tenantOf(r), keyOf(r), in)
	}))
	h.handle("DELETE "+one, theCredential, func(r *http.Request) (int, any, error) {
		out, err := s.Revoke(r.Context(), tenantOf(r), keyOf(r))
		return http.StatusOK, out, err
	})
}

func keyOf(r *http.Request) tenant.KeyID { return tenant.KeyID(r.PathValue("key")) }

func theCredential(r *http.Request) string {
	return fmt.Sprintf("credential %q of tenant %q", r.PathValue("key"), r.PathValue("id"))
}
