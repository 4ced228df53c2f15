package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/scim"
)

func (h *handler) teams(s *Service) {
	const all, one = "/v1/tenants/{id}/teams", "/v1/tenants/{id}/teams/{team}"
	h.handle("GET "+all, theTenant, func(r *http.Request) (int, any, error) {
		out, err := s.teamsAsked(r)
		return http.StatusOK, out, err
	}, "name", "after", "limit")
	h.handle("POST "+all, theTenant, taking(http.StatusCreated, func(r *http.Request, in TeamName) (any, error) {
		return s.CreateTeam(r.Context(), tenantOf(r), in)
	}))
	h.handle("GET "+one, theTeam, func(r *http.Request) (int, any, error) {
		out, err := s.Team(r.Context(), tenantOf(r), teamOf(r))
		return http.StatusOK, out, err
	})
	h.handle("PATCH "+one, theTeam, taking(http.StatusOK, func(r *http.Request, in TeamName) (any, error) {
		return s.RenameTeam(r.Context(), tenantOf(r), teamOf(r), in)
	}))
	h.handle("DELETE "+one, theTeam, func(r *http.Request) (int, any, error) {
		out, err := s.DeleteTeam(r.Context(), tenantOf(r), teamOf(r))
		return http.StatusOK, out, err
	})
	h.teamMembers(s, one+"/members")
}

// teamsAsked answers a list: of the team that the query names, or a page.
func (s *Service) teamsAsked(r *http.Request) (TeamList, error) {
	if q := r.URL.Query(); q.Has("name") {
		return s.TeamNamed(r.Context(), tenantOf(r), q.Get("name"))
	}
	after, limit, err := pageOf(r)
	if err != nil {
		return TeamList{}, err
	}
	return s.Teams(r.Context(), tenantOf(r), scim.ID(after), limit)
}

func (h *handler) teamMembers(s *Service, members string) {
	h.handle("GET "+members, theTeam, paged(func(r *http.Request, after string, limit int) (any, error) {
		return s.TeamMembers(r.Context(), tenantOf(r), teamOf(r), scim.ID(after), limit)
	}), "after", "limit")
	h.handle("POST "+members, theTeam, taking(http.StatusOK, func(r *http.Request, in TeamMembersChange) (any, error) {
		return s.ChangeTeamMembers(r.Context(), tenantOf(r), teamOf(r), in)
	}))
}

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

func teamOf(r *http.Request) scim.ID { return scim.ID(r.PathValue("team")) }
func theTeam(r *http.Request) string {
	return fmt.Sprintf("team %q of tenant %q", r.PathValue("team"), r.PathValue("id"))
}
func theGroup(r *http.Request) string {
	return fmt.Sprintf("group %q of tenant %q", r.PathValue("group"), r.PathValue("id"))
}
