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

func teamOf(r *http.Request) scim.ID { return scim.ID(r.PathValue("team")) }

func theTeam(r *http.Request) string {
	return fmt.Sprintf("team %q of tenant %q", r.PathValue("team"), r.PathValue("id"))
}
