package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/scim"
)

func (h *handler) groups(s *Service) {
	const all, one = "/v1/tenants/{id}/groups", "/v1/tenants/{id}/groups/{group}"
	h.handle("GET "+all, tenantLabel, withPage(func(r *http.Request, after string, limit int) (GroupList, error) {
		return s.Groups(r.Context(), tenantOf(r), scim.ID(after), limit)
	}), "after", "limit")
	h.handle("GET "+one, groupLabel, withoutBody(func(r *http.Request) (Group, error) {
		return s.Group(r.Context(), tenantOf(r), scim.ID(r.PathValue("group")))
	}))
	for _, path := range []string{all, one} {
		h.handle(path, groupLabel, func(*http.Request) (int, any, error) { return 0, nil, readOnly() })
	}
}

// readOnly is the error for changes of groups, which the identity provider manages.
func readOnly() *Error {
	return &Error{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", allow: "GET, HEAD",
		Message: "groups are managed by the identity provider through SCIM and are read-only here; operators " +
			"manage teams",
	}
}

func groupLabel(r *http.Request) string {
	return fmt.Sprintf("group %q of tenant %q", r.PathValue("group"), r.PathValue("id"))
}
