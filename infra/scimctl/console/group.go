package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/admin"
	"scimserver/shared/web"
)

func (c *console) groupPages(mux *http.ServeMux) {
	c.show(mux, "/tenants/{tenant}/groups", c.listGroups)
	c.show(mux, "/tenants/{tenant}/groups/{group}", c.showGroup)
}

func (c *console) listGroups(ctx context.Context, r *http.Request) (screen, error) {
	id, name := tenantIn(r), strings.TrimSpace(r.URL.Query().Get("name"))
	query := listQuery(r)
	if name != "" {
		query = url.Values{"name": {name}}
	}
	var list admin.GroupList
	t, err := c.withTenant(ctx, id, func(ctx context.Context) error {
		return c.get(ctx, withQuery(apiPath(id, "groups"), query), &list)
	})
	if err != nil {
		return screen{}, err
	}
	rows := web.Table{
		Columns: columns("Group", "External id", "Changed"),
		Empty: web.Empty{
			Title: "No groups yet", Text: "They appear when the identity provider pushes them.",
			Action: c.inviteLink(id),
		},
		Pager: pager(r, c.at("tenants", id, "groups"), string(list.Next), onPage(len(list.Groups), "group")),
	}
	if name != "" {
		rows.Empty = web.Empty{
			Title: "No group is called " + name, Text: "It has to be the whole name.",
			Action: &web.Link{Text: "Show all groups", URL: c.at("tenants", id, "groups")},
		}
	}
	for _, g := range list.Groups {
		rows.Rows = append(rows.Rows, web.Row{
			{Text: g.Name, URL: c.at("tenants", id, "groups", string(g.ID))}, {Text: g.ExternalID}, {Time: g.Modified},
		})
	}
	return c.listScreen(r, managed(navGroups, *t.Groups, "group", &search{
		Label: "Find a group", Name: "name", Value: name, Help: "The whole name", Button: "Find",
	}, rows)), nil
}

// managed is a list of what the identity provider manages, with the total number.
func managed(name string, count int, noun string, s *search, t web.Table) listPage {
	text := "The identity provider manages them."
	if count > 0 {
		text = web.Number(int64(count)) + " " + admin.Noun(count, noun) + ". " + text
	}
	return listPage{name: name, text: text, search: s, table: t}
}

// withTenant reads something and, at the same time, the tenant with its counts.
func (c *console) withTenant(
	ctx context.Context, id string, read func(context.Context) error,
) (t admin.Tenant, err error) {
	both, within := errgroup.WithContext(ctx)
	both.Go(func() error { return c.get(within, apiPath(id), &t) })
	both.Go(func() error { return read(within) })
	return t, both.Wait()
}

func (c *console) showGroup(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	var g admin.GroupDetails
	path := apiPath(id, "groups", r.PathValue("group"))
	if err := c.get(ctx, withQuery(path, listQuery(r)), &g); err != nil {
		return screen{}, err
	}
	members := &web.Table{
		Caption: "Members of " + g.Name, Columns: columns("Member", "Kind", "Id"),
		Empty: web.Empty{Title: "The group has no members"},
		Pager: pager(r, c.at("tenants", id, "groups", string(g.ID)), g.Next,
			onPage(len(g.Members), "member")),
	}
	for _, m := range g.Members {
		members.Rows = append(members.Rows, web.Row{
			{Text: m.Name, URL: c.at("tenants", id, m.Kind+"s", string(m.ID))}, {Text: m.Kind},
			{Text: string(m.ID), Code: true},
		})
	}
	return screen{
		Header: web.Header{
			Title: g.Name, Back: &web.Link{Text: "Groups", URL: c.at("tenants", id, "groups")},
		},
		tenant: id, current: navGroups,
		Sections: []section{
			{Facts: web.Facts{
				{Name: "Id", Cell: web.Cell{Text: string(g.ID), Code: true}},
				{Name: "External id", Cell: web.Cell{Text: g.ExternalID, Code: true}},
				{Name: "Created", Cell: web.Cell{Time: g.Created}},
				{Name: "Changed", Cell: web.Cell{Time: g.Modified, Note: "version " + web.Number(g.Version)}},
			}},
			{Title: "Direct members", Plain: true, Table: members},
		},
	}, nil
}
