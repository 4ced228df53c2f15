package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/tenant"
)

func (h *handler) credentials(s *Service) {
	const all, one = "/v1/tenants/{id}/credentials", "/v1/tenants/{id}/credentials/{key}"
	h.handle("GET "+all, tenantLabel, withPage(func(r *http.Request, after string, limit int) (CredentialList, error) {
		return s.Credentials(r.Context(), tenantOf(r), tenant.KeyID(after), limit)
	}), "after", "limit")
	h.handle("POST "+all, tenantLabel,
		withBody(http.StatusCreated, func(r *http.Request, in NewCredential) (Issued, error) {
			in.Maker = h.who(r.Context()).ARN
			return s.CreateCredential(r.Context(), tenantOf(r), in)
		}))
	h.handle("GET "+one, credentialLabel, withoutBody(func(r *http.Request) (Credential, error) {
		return s.Credential(r.Context(), tenantOf(r), keyOf(r))
	}))
	h.handle("POST "+one+"/rotate", credentialLabel,
		withBody(http.StatusCreated, func(r *http.Request, in Rotation) (Rotated, error) {
			in.Maker = h.who(r.Context()).ARN
			return s.Rotate(r.Context(), tenantOf(r), keyOf(r), in)
		}))
	h.handle("DELETE "+one, credentialLabel, withoutBody(func(r *http.Request) (Revoked, error) {
		return s.Revoke(r.Context(), tenantOf(r), keyOf(r))
	}))
}

func keyOf(r *http.Request) tenant.KeyID { return tenant.KeyID(r.PathValue("key")) }

func credentialLabel(r *http.Request) string {
	return fmt.Sprintf("credential %q of tenant %q", r.PathValue("key"), r.PathValue("id"))
}
