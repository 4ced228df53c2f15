package console

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/sync/errgroup"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

// listUsers lists the users of a tenant, or those whom a value identifies.
func (c *console) listUsers(ctx context.Context, r *http.Request) (screen, error) {
	id, value := tenantIn(r), strings.TrimSpace(r.URL.Query().Get("value"))
	var list admin.UserList
	t, err := c.withTenant(ctx, id, func(ctx context.Context) (err error) {
		if value == "" {
			return c.get(ctx, withQuery(apiPath(id, "users"), listQuery(r)), &list)
		}
		list.Users, err = c.usersBy(ctx, id, value)
		return err
	})
	if err != nil {
		return screen{}, err
	}
	empty := web.Empty{
		Title: "No users yet", Text: "They appear when the identity provider provisions them.",
		Action: c.inviteLink(id),
	}
	if value != "" {
		empty = web.Empty{
			Title: "No user has this email, username, id or external id", Text: "It has to be the whole value.",
			Action: &web.Link{Text: "Show all users", URL: c.at("tenants", id, "users")},
		}
	}
	return c.listScreen(r, managed(navUsers, *t.Users, "user", &search{
		Label: "Find a user", Name: "value", Value: value, Button: "Find",
		Help: "The whole email, username, id or external id",
	}, web.Table{
		Rows: c.userRows(id, list.Users), Empty: empty,
		Columns: columns("User", "State", "Emails and external id", "Changed"),
		Pager:   pager(r, c.at("tenants", id, "users"), string(list.Next), onPage(len(list.Users), "user")),
	})), nil
}

// usersBy finds the users of a tenant whom a value identifies.
func (c *console) usersBy(ctx context.Context, id, value string) (found []admin.User, err error) {
	var byID admin.UserDetails
	switch err := c.get(ctx, apiPath(id, "users", value), &byID); {
	case err == nil:
		return []admin.User{byID.User}, nil
	case !apiclient.HasStatus(err, http.StatusNotFound):
		return nil, err
	}
	seen := map[string]bool{}
	for _, by := range []string{"email", "userName", "externalId"} {
		var list admin.UserList
		if err := c.get(ctx, withQuery(apiPath(id, "users"), url.Values{by: {value}}), &list); err != nil {
			return nil, err
		}
		for _, u := range list.Users {
			if !seen[string(u.ID)] {
				found = append(found, u)
			}
			seen[string(u.ID)] = true
		}
	}
	return found, nil
}

func (c *console) userRows(id string, users []admin.User) (rows []web.Row) {
	for _, u := range users {
		rows = append(rows, web.Row{
			{Text: u.UserName, URL: c.at("tenants", id, "users", string(u.ID)), Note: u.DisplayName},
			{Badge: activeBadge(u.Active)}, {Text: emailText(u.Emails), Note: u.ExternalID}, {Time: u.LastModified},
		})
	}
	return rows
}

func activeBadge(active bool) *web.Badge {
	if active {
		return &web.Badge{Text: "active", Tone: web.Good}
	}
	return &web.Badge{Text: "deactivated", Tone: web.Neutral}
}

// emailText lists emails, the primary one first.
func emailText(emails []admin.UserEmail) string {
	var list []string
	for _, e := range emails {
		if e.Primary {
			list = append([]string{e.Value}, list...)
		} else {
			list = append(list, e.Value)
		}
	}
	return strings.Join(list, ", ")
}

// showUser shows a user with groups, teams and the newest entries of the log.
func (c *console) showUser(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	var u admin.UserDetails
	var log admin.LogPage
	both, bothCtx := errgroup.WithContext(ctx)
	both.Go(func() error { return c.get(bothCtx, apiPath(id, "users", r.PathValue("user")), &u) })
	both.Go(func() (err error) {
		log, err = c.readLog(bothCtx, id, logFilter{since: "30d", user: r.PathValue("user"), limit: "20"})
		return err
	})
	if err := both.Wait(); err != nil {
		return screen{}, err
	}
	allLog := withQuery(c.at("tenants", id, "log"), url.Values{"user": {string(u.ID)}, "since": {"90d"}})
	return screen{
		Header: web.Header{
			Title: u.UserName, Text: u.DisplayName, Badge: activeBadge(u.Active),
			Back: &web.Link{Text: "Users", URL: c.at("tenants", id, "users")},
		},
		tenant: id, current: navUsers,
		Sections: []section{
			{Facts: userFacts(u)},
			c.memberships(id, "groups", u.Groups),
			c.memberships(id, "teams", u.Teams),
			{
				Title: "Log of the last 30 days", Plain: true, Table: c.logTable(id, log.Entries, web.Pager{}),
				More: &web.Link{Text: "Show the whole log of this user", URL: allLog},
			},
			{Title: "All attributes", Text: "As in SCIM, without the password.", Source: indented(u.Attributes)},
		},
	}, nil
}

func userFacts(u admin.UserDetails) web.Facts {
	password := "not stored"
	if u.HasPassword {
		password = "stored as a hash"
	}
	return web.Facts{
		{Name: "Id", Cell: web.Cell{Text: string(u.ID), Code: true}},
		{Name: "External id", Cell: web.Cell{Text: u.ExternalID, Code: true}},
		{Name: "Emails", Cell: web.Cell{Text: emailText(u.Emails)}},
		{Name: "Password", Cell: web.Cell{Text: password}},
		{Name: "Created", Cell: web.Cell{Time: u.Created}},
		{Name: "Changed", Cell: web.Cell{Time: u.LastModified, Note: "version " + web.Number(u.Version)}},
	}
}

// memberships is the section with the groups or teams of a user.
func (c *console) memberships(id, kind string, list []admin.Membership) section {
	s := section{Title: strings.ToUpper(kind[:1]) + kind[1:], Plain: true}
	if len(list) == 0 {
		s.Text = "The user is in no " + strings.TrimSuffix(kind, "s") + "."
		return s
	}
	s.Table = &web.Table{Caption: s.Title, Columns: columns("Name", "How")}
	for _, m := range list {
		how := "direct"
		if m.Direct != nil && !*m.Direct {
			how = "through another group"
		}
		of := id
		if m.Tenant != "" {
			of, how = string(m.Tenant), "team of tenant "+string(m.Tenant)
		}
		s.Table.Rows = append(s.Table.Rows, web.Row{
			{Text: m.Name, URL: c.at("tenants", of, kind, string(m.ID))}, {Text: how},
		})
	}
	return s
}

// indented is JSON for people: with indentation, and without the escapes that only HTML needs.
func indented(text json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return escape.ReplaceAllStringFunc(b.String(), func(found string) string {
		if plain, ok := map[string]string{`\u003c`: "<", `\u003e`: ">", `\u0026`: "&"}[found]; ok {
			return plain
		}
		return found
	})
}

// escape matches each escape of a JSON text.
var escape = regexp.MustCompile(`\\(u[0-9a-f]{4}|.)`)
