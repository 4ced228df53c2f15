package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"scimserver/shared/admin"
	"scimserver/shared/web"
)

func (c *console) teamPages(mux *http.ServeMux) {
	c.show(mux, "/tenants/{tenant}/teams", c.listTeams)
	c.show(mux, "/tenants/{tenant}/teams/{team}", c.showTeam)
	c.change(mux, "/tenants/{tenant}/teams/{team}/rename", c.askTeamName, c.renameTeam)
}

func (c *console) listTeams(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	var page admin.TeamList
	if err := c.get(ctx, withQuery(apiPath(id, "teams"), listQuery(r)), &page); err != nil {
		return screen{}, err
	}
	t := web.Table{
		Columns: columns("Team", "Created", "Changed"),
		Empty:   web.Empty{Title: "No teams", Text: "Create one with: `scimctl team create " + id + " NAME`"},
		Pager:   pager(r, c.at("tenants", id, "teams"), string(page.Next), onPage(len(page.Teams), "team")),
	}
	for _, one := range page.Teams {
		t.Rows = append(t.Rows, web.Row{
			{Text: one.Name, URL: c.at("tenants", id, "teams", string(one.ID))},
			{Time: one.Created}, {Time: one.Modified},
		})
	}
	return c.listScreen(r, listPage{
		name: navTeams, text: "Groups of your own, which the identity provider does not see.", table: t,
	}), nil
}

func (c *console) showTeam(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	path := apiPath(id, "teams", r.PathValue("team"))
	var team admin.Team
	if err := c.get(ctx, path, &team); err != nil {
		return screen{}, err
	}
	var list admin.TeamMemberList
	if err := c.get(ctx, withQuery(path+"/members", listQuery(r)), &list); err != nil {
		return screen{}, err
	}
	here := c.at("tenants", id, "teams", string(team.ID))
	members := &web.Table{
		Caption: "Members of " + team.Name, Columns: columns("Member", "Kind", "Id"),
		Empty: web.Empty{
			Title: "The team has no members", Text: "Add one with: `scimctl team add " + id + " TEAM PERSON`",
		},
		Pager: pager(r, here, string(list.Next), onPage(len(list.Members), "member")),
	}
	for _, m := range list.Members {
		members.Rows = append(members.Rows, c.teamMemberRow(id, m))
	}
	return screen{
		Header: web.Header{
			Title: team.Name, Back: &web.Link{Text: "Teams", URL: c.at("tenants", id, "teams")},
			Action: &web.Link{Text: "Rename…", URL: here + "/rename"}, Plain: true,
		},
		tenant: id, current: navTeams,
		Sections: []section{
			{Facts: web.Facts{
				{Name: "Id", Cell: web.Cell{Text: string(team.ID), Code: true}},
				{Name: "Created", Cell: web.Cell{Time: team.Created}},
				{Name: "Changed", Cell: web.Cell{Time: team.Modified}},
			}},
			{Title: "Members", Plain: true, Table: members},
		},
	}, nil
}

// teamMemberRow links a member to the user, or to a search for the person if the user is not of this tenant.
func (c *console) teamMemberRow(id string, m admin.TeamMember) web.Row {
	name := web.Cell{Text: m.UserName, URL: withQuery(c.at("people"), url.Values{"value": {string(m.ID)}})}
	if name.Text == "" {
		name.Text = "user of another tenant"
	}
	if m.Kind == "user" {
		name.URL = c.at("tenants", id, "users", string(m.ID))
	}
	return web.Row{name, {Text: m.Kind}, {Text: string(m.ID), Code: true}}
}

func (c *console) askTeamName(ctx context.Context, r *http.Request) (question, error) {
	id := tenantIn(r)
	var team admin.Team
	err := c.get(ctx, apiPath(id, "teams", r.PathValue("team")), &team)
	return question{
		Title: fmt.Sprintf("Rename the team %s", team.Name), Button: "Rename",
		Effects: []string{
			"The team keeps its id and its members.", "No other team or group of the tenant can have the same name.",
		},
		Fields: []web.Field{{Name: "name", Label: "New name", Value: team.Name, Required: true}},
		tenant: id, current: navTeams,
		back: web.Link{Text: team.Name, URL: c.at("tenants", id, "teams", string(team.ID))},
	}, err
}

func (c *console) renameTeam(ctx context.Context, r *http.Request) (outcome, error) {
	id, path := tenantIn(r), apiPath(tenantIn(r), "teams", r.PathValue("team"))
	var team admin.Team
	err := c.api.Once(ctx, http.MethodPatch, path, admin.TeamName{Name: r.PostFormValue("name")}, &team)
	return done(c.at("tenants", id, "teams", string(team.ID)), "The team is now called "+team.Name, ""), err
}
