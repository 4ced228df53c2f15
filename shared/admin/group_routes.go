package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/lazyregexp"
	"scimserver/shared/scim"
)

func (h *handler) groups(s *Service) {
	const all, one = "/v1/tenants/{id}/groups", "/v1/tenants/{id}/groups/{group}"
	h.handle("GET "+all, tenantLabel, withPage(s.listGroups), "name", "after", "limit")
	h.handle("GET "+one, groupLabel, withPage(s.showGroup), "after", "limit")
	for _, path := range []string{all, one} {
		h.handle(path, groupLabel, func(*http.Request) (int, any, error) { return 0, nil, readOnly("groups") })
	}
}

// listGroups returns the group that the query names, or a page of all groups.
func (s *Service) listGroups(r *http.Request, after string, limit int) (GroupList, error) {
	by, name, err := oneOf(r.URL.Query(), "name")
	if err == nil {
		err = checkAfterID(after)
	}
	switch {
	case err != nil:
		return GroupList{}, err
	case by != "":
		return s.GroupByName(r.Context(), tenantOf(r), name)
	}
	return s.Groups(r.Context(), tenantOf(r), scim.ID(after), limit)
}

// memberPosition matches the positions in the members of a group.
var memberPosition = lazyregexp.New(`^[GU]#[!-~]{1,64}$`)

// showGroup returns a group with a page of its members.
func (s *Service) showGroup(r *http.Request, after string, limit int) (GroupDetails, error) {
	if after != "" && !memberPosition.Match(after) {
		return GroupDetails{}, notNext()
	}
	return s.Group(r.Context(), tenantOf(r), scim.ID(r.PathValue("group")), after, limit)
}

// readOnly is the error for attempts to change users or groups, which the identity provider
// manages.
func readOnly(what string) *Error {
	return &Error{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", allow: "GET, HEAD",
		Message: what + " are managed by the identity provider through SCIM and are read-only here; operators " +
			"manage teams and accounts",
	}
}

func groupLabel(r *http.Request) string {
	return fmt.Sprintf("group %q of tenant %q", r.PathValue("group"), r.PathValue("id"))
}
