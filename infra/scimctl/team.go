package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"scimserver/shared/admin"
)

func teamCommands() []command {
	return []command{
		{"team create", "TENANT NAME", "make a team, next to the groups that SCIM manages", plain(createTeam)},
		{"team list", "TENANT", "list a tenant's teams", plain(listTeams)},
		{"team show", "TENANT TEAM", "show a team with its members; TEAM is an id or a name", plain(showTeam)},
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
	t, err := s.findTeam(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	return s.team(ctx, http.MethodPatch, teamPath(args[0], string(t.ID)), admin.TeamName{Name: args[2]})
}

// findTeam finds a team by id or, where none has it, by name.
func (s *session) findTeam(ctx context.Context, tenant, which string) (t admin.Team, err error) {
	if uuid.Validate(which) == nil {
		if err = s.client.do(ctx, http.MethodGet, teamPath(tenant, which), nil, &t); !gone(err) {
			return t, err
		}
	}
	var list admin.TeamList
	if err = s.client.do(ctx, http.MethodGet, teamPath(tenant)+"?name="+url.QueryEscape(which), nil, &list); err != nil {
		return t, err
	}
	if len(list.Teams) == 0 {
		return t, fmt.Errorf("there is no team of the id or name %q in tenant %q", which, tenant)
	}
	return list.Teams[0], nil
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
		none(w, len(all.Teams))
	})
}

// roster is a team with all its members.
type roster struct {
	admin.Team
	Members []admin.TeamMember `json:"members"`
}

func showTeam(ctx context.Context, s *session, args []string) error {
	t, err := s.findTeam(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	all := roster{Team: t, Members: []admin.TeamMember{}}
	for after, more := "", true; more; more = after != "" {
		var page admin.TeamMemberList
		if err := s.client.do(ctx, http.MethodGet, teamPath(args[0], string(t.ID))+"/members?after="+url.QueryEscape(after), nil, &page); err != nil {
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
		t, err := s.findTeam(ctx, args[0], args[1])
		if err != nil {
			return err
		}
		question := fmt.Sprintf("This deletes team %s, for good. Its members stay.", t.Name)
		if err := s.confirmed(question, "its name", *typed, t.Name, "the team's name"); err != nil {
			return err
		}
		if err := s.client.do(ctx, http.MethodDelete, teamPath(args[0], string(t.ID)), nil, &t); err != nil && !gone(err) {
			return err // one that has gone was deleted by a request whose answer was lost
		}
		return s.show(t, func(w io.Writer) { row(w, "team "+t.Name+" is deleted") })
	}
}
