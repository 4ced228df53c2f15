package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/scim"
)

func (h *handler) teams(s *Service) {
	const all, one = "/v1/tenants/{id}/teams", "/v1/tenants/{id}/teams/{team}"
	h.handle("GET "+all, tenantLabel, withoutBody(func(r *http.Request) (TeamList, error) {
		return s.listTeams(r)
	}), "name", "after", "limit")
	h.handle("POST "+all, tenantLabel, withBody(http.StatusCreated, func(r *http.Request, in TeamName) (Team, error) {
		return s.CreateTeam(r.Context(), tenantOf(r), in)
	}))
	h.handle("GET "+one, teamLabel, withoutBody(func(r *http.Request) (Team, error) {
		return s.Team(r.Context(), tenantOf(r), teamOf(r))
	}))
	h.handle("PATCH "+one, teamLabel, withBody(http.StatusOK, func(r *http.Request, in TeamName) (Team, error) {
		return s.RenameTeam(r.Context(), tenantOf(r), teamOf(r), in)
	}))
	h.handle("DELETE "+one, teamLabel, withoutBody(func(r *http.Request) (Team, error) {
		return s.DeleteTeam(r.Context(), tenantOf(r), teamOf(r))
	}))
	h.teamMembers(s, one+"/members")
}

// listTeams returns the team that the query names, or a page of teams.
func (s *Service) listTeams(r *http.Request) (TeamList, error) {
	if q := r.URL.Query(); q.Has("name") {
		return s.TeamByName(r.Context(), tenantOf(r), q.Get("name"))
	}
	after, limit, err := pageOf(r)
	if err != nil {
		return TeamList{}, err
	}
	return s.Teams(r.Context(), tenantOf(r), scim.ID(after), limit)
}

func (h *handler) teamMembers(s *Service, members string) {
	h.handle(
		"GET "+members,
		teamLabel,
		withPage(func(r *http.Request, after string, limit int) (TeamMemberList, error) {
			return s.TeamMembers(r.Context(), tenantOf(r), teamOf(r), scim.ID(after), limit)
		}),
		"after",
		"limit",
	)
	h.handle("POST "+members, teamLabel,
		withBody(http.StatusOK, func(r *http.Request, in TeamMembersChange) (TeamMembersChanged, error) {
			return s.ChangeTeamMembers(r.Context(), tenantOf(r), teamOf(r), in)
		}))
}

func teamOf(r *http.Request) scim.ID { return scim.ID(r.PathValue("team")) }

func teamLabel(r *http.Request) string {
	return fmt.Sprintf("team %q of tenant %q", r.PathValue("team"), r.PathValue("id"))
}
