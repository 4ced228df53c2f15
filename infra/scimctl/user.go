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

func userCommands() *cli.Command {
	return group(
		"user",
		"read the users of a tenant, which its identity provider manages",
		command("list", "TENANT", "list the users of a tenant", listUsers),
		command("show", "TENANT USER", "show a user with groups and teams; USER is an id, a userName or an email",
			showUser),
	)
}

// userPath is the path of a tenant's users, or of one of them.
func userPath(args ...string) string {
	return pathWithin("users", args)
}

// listUsers prints page by page, because there may be very many users.
func listUsers(ctx context.Context, s *session, args []string) error {
	list := apiclient.Pages(ctx, s.client, userPath(args[0]), url.Values{},
		func(p admin.UserList) ([]admin.User, scim.ID) { return p.Users, p.Next })
	if s.json {
		return printListJSON(s.out, "users", list)
	}
	const line = "%-36s  %-32s  %-6s  %-24s  %-24s  %s\n"
	header := fmt.Sprintf(line, "ID", "USERNAME", "ACTIVE", "DISPLAY NAME", "EXTERNAL ID", "EMAILS")
	return printRows(s.out, list, header,
		func(u admin.User) string {
			return fmt.Sprintf(line, formatCell(u.ID), formatCell(u.UserName), formatYesNo(u.Active),
				formatCell(u.DisplayName), formatCell(u.ExternalID), formatCell(formatUserEmails(u.Emails)))
		})
}

func formatYesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// formatUserEmails lists emails, the primary one marked.
func formatUserEmails(emails []admin.UserEmail) string {
	list := make([]string, len(emails))
	for i, e := range emails {
		if list[i] = e.Value; e.Primary {
			list[i] += " (primary)"
		}
	}
	return join(list, ", ")
}

func showUser(ctx context.Context, s *session, args []string) error {
	u, err := s.findUser(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	return s.print(u, func(w io.Writer) { describeUser(w, args[0], u) })
}

// findUser finds a user of a tenant by id or, if no user has this id, by userName or email.
func (s *session) findUser(ctx context.Context, tenant, who string) (u admin.UserDetails, err error) {
	if uuid.Validate(who) == nil {
		u, err = s.userByID(ctx, tenant, who)
		if !apiclient.HasStatus(err, http.StatusNotFound) {
			return u, err
		}
	}
	for _, by := range []string{"userName", "email"} {
		var list admin.UserList
		path := userPath(tenant) + "?" + url.Values{by: {who}}.Encode()
		if err = s.client.Do(ctx, http.MethodGet, path, nil, &list); err != nil {
			return u, err
		}
		if len(list.Users) > 0 {
			return s.userByID(ctx, tenant, string(list.Users[0].ID))
		}
	}
	return u, fmt.Errorf("no user of tenant %q has the id, userName or email %q", tenant, who)
}

func (s *session) userByID(ctx context.Context, tenant, id string) (u admin.UserDetails, err error) {
	err = s.client.Do(ctx, http.MethodGet, userPath(tenant, id), nil, &u)
	return u, err
}

func describeUser(w io.Writer, tenant string, u admin.UserDetails) {
	row(w, "id", u.ID)
	row(w, "tenant", tenant)
	row(w, "userName", u.UserName)
	row(w, "display name", u.DisplayName)
	row(w, "externalId", u.ExternalID)
	row(w, "active", formatYesNo(u.Active))
	row(w, "emails", formatUserEmails(u.Emails))
	row(w, "password", formatYesNo(u.HasPassword))
	row(w, "version", u.Version)
	row(w, "created", wording.Minute(&u.Created))
	row(w, "modified", wording.Minute(&u.LastModified))
	row(w, "groups", len(u.Groups))
	for _, g := range u.Groups {
		row(w, "  group", g.ID, g.Name, describePath(g))
	}
	row(w, "teams", len(u.Teams))
	for _, t := range u.Teams {
		row(w, "  team", t.ID, t.Name, "tenant "+string(t.Tenant))
	}
}

// describePath says how a user belongs to a group.
func describePath(g admin.Membership) string {
	if g.Direct != nil && !*g.Direct {
		return "through another group"
	}
	return "direct"
}
