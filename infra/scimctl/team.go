package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

func teamCommands() *cli.Command {
	return group(
		"team",
		"manage teams, which SCIM can't see",
		command("create", "TENANT NAME", "create a team", createTeam),
		command("list", "TENANT", "list the teams of a tenant", listTeams),
		command("show", "TENANT TEAM", "show a team with its members; TEAM is an id or a name", showTeam),
		command("rename", "TENANT TEAM NAME", "rename a team", renameTeam),
		deleteTeam(),
		command(
			"add",
			"TENANT TEAM PERSON...",
			"add accounts and users to a team, by id, userName or email",
			addToTeam,
		),
		command("remove", "TENANT TEAM PERSON...", "remove persons from a team", removeFromTeam),
	)
}

// teamPath is the path of a tenant's teams, or of one of them.
func teamPath(args ...string) string {
	return pathWithin("teams", args)
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

// findTeam finds a team by id or, if no team has this id, by name.
func (s *session) findTeam(ctx context.Context, tenant, idOrName string) (t admin.Team, err error) {
	if uuid.Validate(idOrName) == nil {
		err = s.client.Do(ctx, http.MethodGet, teamPath(tenant, idOrName), nil, &t)
		if !apiclient.HasStatus(err, http.StatusNotFound) {
			return t, err
		}
	}
	var list admin.TeamList
	path := teamPath(tenant) + "?name=" + url.QueryEscape(idOrName)
	if err = s.client.Do(ctx, http.MethodGet, path, nil, &list); err != nil {
		return t, err
	}
	if len(list.Teams) == 0 {
		return t, fmt.Errorf("no team in tenant %q has the id or name %q", tenant, idOrName)
	}
	return list.Teams[0], nil
}

// team sends a request that returns a team, and prints the team.
func (s *session) team(ctx context.Context, method, path string, in any) error {
	var t admin.Team
	if err := s.client.Do(ctx, method, path, in, &t); err != nil {
		return err
	}
	return s.print(t, func(w io.Writer) { describeTeam(w, t) })
}

func describeTeam(w io.Writer, t admin.Team) {
	row(w, "id", t.ID)
	row(w, "name", t.Name)
	row(w, "managed by", t.ManagedBy)
	row(w, "created", wording.Minute(&t.Created))
	row(w, "modified", wording.Minute(&t.Modified))
}

func listTeams(ctx context.Context, s *session, args []string) error {
	list, err := apiclient.ListAll(ctx, s.client, teamPath(args...), url.Values{},
		func(p admin.TeamList) ([]admin.Team, scim.ID) { return p.Teams, p.Next })
	if err != nil {
		return err
	}
	return s.print(admin.TeamList{Teams: list}, func(w io.Writer) {
		row(w, "ID", "NAME", "CREATED", "MODIFIED")
		for _, t := range list {
			row(w, t.ID, t.Name, wording.Minute(&t.Created), wording.Minute(&t.Modified))
		}
		noRows(w, len(list))
	})
}

// teamWithMembers is the result of team show.
type teamWithMembers struct {
	admin.Team
	Members []admin.TeamMember `json:"members"`
}

func showTeam(ctx context.Context, s *session, args []string) error {
	t, err := s.findTeam(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	members, err := apiclient.ListAll(ctx, s.client, teamPath(args[0], string(t.ID))+"/members", url.Values{},
		func(p admin.TeamMemberList) ([]admin.TeamMember, scim.ID) { return p.Members, p.Next })
	if err != nil {
		return err
	}
	return s.print(teamWithMembers{t, members}, func(w io.Writer) {
		describeTeam(w, t)
		row(w, "members", len(members))
		for _, m := range members {
			row(w, "  "+m.Kind, m.ID, m.UserName)
		}
	})
}

func deleteTeam() *cli.Command {
	var typed string
	return command("delete", "TENANT TEAM", "delete a team; its members are not deleted",
		func(ctx context.Context, s *session, args []string) error {
			t, err := s.findTeam(ctx, args[0], args[1])
			if err != nil {
				return err
			}
			notice := fmt.Sprintf("This permanently deletes team %s. Its members are not deleted.", t.Name)
			if err := s.confirm(notice, "the name of the team", typed, t.Name); err != nil {
				return err
			}
			err = s.client.Do(ctx, http.MethodDelete, teamPath(args[0], string(t.ID)), nil, &t)
			// 404: an earlier attempt deleted it, and its response was lost
			if err != nil && !apiclient.HasStatus(err, http.StatusNotFound) {
				return err
			}
			return s.print(t, func(w io.Writer) { row(w, "team "+t.Name+" is deleted") })
		}, confirmFlag("the `NAME` of the team once more", &typed))
}
