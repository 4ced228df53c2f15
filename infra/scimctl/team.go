package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scimserver/shared/admin"
)

func teamCommands() []command {
	return []command{
		{"team create", "TENANT NAME", "make a team, next to the groups that SCIM manages", plain(createTeam)},
		{"team list", "TENANT", "list a tenant's teams", plain(listTeams)},
		{"team show", "TENANT TEAM", "show a team with its members", plain(showTeam)},
		{"team rename", "TENANT TEAM NAME", "give a team another name", plain(renameTeam)},
		{"team delete", "TENANT TEAM", "delete a team; its members stay", deleteTeam},
		{"team add", "TENANT TEAM PERSON...", "put accounts and users into a team, by id, userName or email", plain(addToTeam)},
		{"team remove", "TENANT TEAM PERSON...", "take persons out of a team", plain(removeFromTeam)},
	}
}

// teamPath is the path of a tenant's teams, or of one of them.
func teamPath(args ...string) string {
	path := tenantPath(args[0]) + "/teams"
	if len(args) > 1 {
		path += "/" + url.PathEscape(args[1])
	}
	return path
}

func createTeam(ctx context.Context, s *session, args []string) error {
	return s.team(ctx, http.MethodPost, teamPath(args[0]), admin.TeamName{Name: args[1]})
}

func renameTeam(ctx context.Context, s *session, args []string) error {
	return s.team(ctx, http.MethodPatch, teamPath(args[:2]...), admin.TeamName{Name: args[2]})
}

// team sends a request that is answered with a team, and prints it.
func (s *session) team(ctx context.Context, method, path string, in any) error {
	var t admin.Team
	if err := s.client.do(ctx, method, path, in, &t); err != nil {
		return err
	}
	return s.show(t, func(w io.Writer) { describeTeam(w, t) })
}

func describeTeam(w io.Writer, t admin.Team) {
	row(w, "id", t.ID)
	row(w, "name", t.Name)
	row(w, "managed by", t.ManagedBy)
	row(w, "created", moment(&t.Created))
	row(w, "modified", moment(&t.Modified))
}

func listTeams(ctx context.Context, s *session, args []string) error {
	all := admin.TeamList{Teams: []admin.Team{}}
	for after, more := "", true; more; more = after != "" {
		var page admin.TeamList
		if err := s.client.do(ctx, http.MethodGet, teamPath(args...)+"?after="+url.QueryEscape(after), nil, &page); err != nil {
			return err
		}
		all.Teams = append(all.Teams, page.Teams...)
		after = string(page.Next)
	}
	return s.show(all, func(w io.Writer) {
		row(w, "ID", "NAME", "CREATED", "MODIFIED")
		for _, t := range all.Teams {
			row(w, t.ID, t.Name, moment(&t.Created), moment(&t.Modified))
		}
	})
}

// roster is a team with all its members.
type roster struct {
	admin.Team
	Members []admin.TeamMember `json:"members"`
}

func showTeam(ctx context.Context, s *session, args []string) error {
	all := roster{Members: []admin.TeamMember{}}
	if err := s.client.do(ctx, http.MethodGet, teamPath(args...), nil, &all.Team); err != nil {
		return err
	}
	for after, more := "", true; more; more = after != "" {
		var page admin.TeamMemberList
		if err := s.client.do(ctx, http.MethodGet, teamPath(args...)+"/members?after="+url.QueryEscape(after), nil, &page); err != nil {
			return err
		}
		all.Members = append(all.Members, page.Members...)
		after = string(page.Next)
	}
	return s.show(all, func(w io.Writer) {
		describeTeam(w, all.Team)
		row(w, "members", len(all.Members))
		for _, m := range all.Members {
			row(w, "  "+m.Kind, m.ID, m.UserName)
		}
	})
}

func deleteTeam(flags *flag.FlagSet) action {
	typed := flags.String("confirm", "", "the team's `name`, for scripts; otherwise it is asked for")
	return func(ctx context.Context, s *session, args []string) error {
		var t admin.Team
		if err := s.client.do(ctx, http.MethodGet, teamPath(args...), nil, &t); err != nil {
			return err
		}
		question := fmt.Sprintf("This deletes team %s, for good. Its members stay.\nType its name to go on: ", t.Name)
		if err := s.confirmed(question, *typed, strings.TrimSpace(t.Name), "the team's name"); err != nil {
			return err
		}
		if err := s.client.do(ctx, http.MethodDelete, teamPath(args...), nil, &t); err != nil && !gone(err) {
			return err // one that has gone was deleted by a request whose answer was lost
		}
		return s.show(t, func(w io.Writer) { row(w, "team "+t.Name+" is deleted") })
	}
}

func addToTeam(ctx context.Context, s *session, args []string) error {
	return s.changeTeam(ctx, args, func(some []string) admin.TeamMembersChange { return admin.TeamMembersChange{Add: some} })
}

func removeFromTeam(ctx context.Context, s *session, args []string) error {
	return s.changeTeam(ctx, args, func(some []string) admin.TeamMembersChange { return admin.TeamMembersChange{Remove: some} })
}

// changeTeam sends as many persons at a time as a request takes.
func (s *session) changeTeam(ctx context.Context, args []string, change func([]string) admin.TeamMembersChange) error {
	var all admin.TeamMembersChanged
	for some := range slices.Chunk(args[2:], admin.MaxTeamChange) {
		var done admin.TeamMembersChanged
		if err := s.client.do(ctx, http.MethodPost, teamPath(args[:2]...)+"/members", change(some), &done); err != nil {
			if n := len(all.Add) + len(all.Remove); n > 0 {
				err = fmt.Errorf("%w\nthe first %d persons are done", err, n)
			}
			return err
		}
		all.Add, all.Remove = append(all.Add, done.Add...), append(all.Remove, done.Remove...)
	}
	return s.show(all, func(w io.Writer) {
		for _, id := range all.Add {
			row(w, "in the team", id)
		}
		for _, id := range all.Remove {
			row(w, "not in the team", id)
		}
	})
}
