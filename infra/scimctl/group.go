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

func groupCommands() *cli.Command {
	return group(
		"group",
		"read the groups of a tenant, which its identity provider manages",
		command("list", "TENANT", "list the groups of a tenant", listGroups),
		command("show", "TENANT GROUP", "show a group with its members; GROUP is an id or a displayName", showGroup),
	)
}

// groupPath is the path of a tenant's groups, or of one of them.
func groupPath(args ...string) string {
	return pathWithin("groups", args)
}

// listGroups prints page by page, because there may be very many groups.
func listGroups(ctx context.Context, s *session, args []string) error {
	list := apiclient.Pages(ctx, s.client, groupPath(args[0]), url.Values{},
		func(p admin.GroupList) ([]admin.Group, scim.ID) { return p.Groups, p.Next })
	if s.json {
		return printListJSON(s.out, "groups", list)
	}
	const line = "%-36s  %-40s  %-24s  %s\n"
	return printRows(s.out, list, fmt.Sprintf(line, "ID", "NAME", "EXTERNAL ID", "MODIFIED"),
		func(g admin.Group) string {
			return fmt.Sprintf(line, formatCell(g.ID), formatCell(g.Name), formatCell(g.ExternalID),
				wording.Minute(&g.Modified))
		})
}

func showGroup(ctx context.Context, s *session, args []string) error {
	g, err := s.findGroup(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	out := admin.GroupDetails{Group: g}
	out.Members, err = apiclient.ListAll(ctx, s.client, groupPath(args[0], string(g.ID)), url.Values{},
		func(p admin.GroupDetails) ([]admin.GroupMember, string) { return p.Members, p.Next })
	if err != nil {
		return err
	}
	return s.print(out, func(w io.Writer) { describeGroup(w, out) })
}

// findGroup finds a group by id or, if no group has this id, by displayName.
func (s *session) findGroup(ctx context.Context, tenant, idOrName string) (g admin.Group, err error) {
	if uuid.Validate(idOrName) == nil {
		err = s.client.Do(ctx, http.MethodGet, groupPath(tenant, idOrName)+"?limit=1", nil, &g)
		if !apiclient.HasStatus(err, http.StatusNotFound) {
			return g, err
		}
	}
	var list admin.GroupList
	path := groupPath(tenant) + "?" + url.Values{"name": {idOrName}}.Encode()
	if err = s.client.Do(ctx, http.MethodGet, path, nil, &list); err != nil {
		return g, err
	}
	if len(list.Groups) == 0 {
		return g, fmt.Errorf("no group of tenant %q has the id or displayName %q", tenant, idOrName)
	}
	return list.Groups[0], nil
}

func describeGroup(w io.Writer, g admin.GroupDetails) {
	row(w, "id", g.ID)
	row(w, "displayName", g.Name)
	row(w, "externalId", g.ExternalID)
	row(w, "version", g.Version)
	row(w, "created", wording.Minute(&g.Created))
	row(w, "modified", wording.Minute(&g.Modified))
	row(w, "members", len(g.Members))
	for _, m := range g.Members {
		row(w, "  "+m.Kind, m.ID, m.Name)
	}
}
