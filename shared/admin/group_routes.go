package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/scim"
)

func (h *handler) groups(s *Service) {
	const all, one = "/v1/tenants/{id}/groups", "/v1/tenants/{id}/groups/{group}"
	h.handle("GET "+all, theTenant, paged(func(r *http.Request, after string, limit int) (any, error) {
		return s.Groups(r.Context(), tenantOf(r), scim.ID(after), limit)
	}), "after", "limit")
	h.handle("GET "+one, theGroup, func(r *http.Request) (int, any, error) {
		out, err := s.Group(r.Context(), tenantOf(r), scim.ID(r.PathValue("group")))
		return http.StatusOK, out, err
	})
	for _, path := range []string{all, one} {
		h.handle(path, theGroup, func(*http.Request) (int, any, error) { return 0, nil, readOnly() })
	}
}

// readOnly refuses to change what the identity provider decides.
func readOnly() *Error {
	return &Error{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", allow: "GET, HEAD",
		Message: "groups are managed by the identity provider through SCIM and are read-only here; what operators manage are teams",
	}
}

func theGroup(r *http.Request) string {
	return fmt.Sprintf("group %q of tenant %q", r.PathValue("group"), r.PathValue("id"))
}
