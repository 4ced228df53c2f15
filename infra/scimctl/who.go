package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func whoCommand() *cli.Command {
	return command("who", "VALUE",
		"find the users and accounts with an email, userName, id or externalId, over all tenants", who)
}

// match is a person whom a search has found.
type match struct {
	admin.FoundPerson
	By     []string `json:"by"`               // what the value is: email, userName, id, externalId
	Groups *int     `json:"groups,omitempty"` // how many the user is in, direct and through others
}

// search collects the matches of a value.
type search struct {
	found   []match
	more    []tenant.ID // tenants that have more users with the externalId
	session *session
}

// who looks for the value as an email, a userName, an id and an externalId.
func who(ctx context.Context, s *session, args []string) error {
	all := &search{session: s, found: []match{}}
	for _, by := range []string{"email", "userName", "id", "externalId"} {
		if err := all.by(ctx, by, args[0]); err != nil {
			return err
		}
	}
	if err := all.countGroups(ctx); err != nil {
		return err
	}
	for _, t := range all.more {
		s.notify("tenant %s has more users with this externalId\n", t)
	}
	if len(all.found) == 0 {
		return fmt.Errorf("no user and no account has the email, userName, id or externalId %q", args[0])
	}
	return s.print(all.found, func(w io.Writer) { describeMatches(w, all.found) })
}

// by searches all tenants for one kind of value.
func (all *search) by(ctx context.Context, by, value string) error {
	found := apiclient.Pages(ctx, all.session.client, "/users", url.Values{by: {value}},
		func(p admin.FoundPersons) ([]admin.FoundPerson, tenant.ID) {
			all.more = append(all.more, p.More...)
			return p.Users, p.Next
		})
	for page, err := range found {
		if err != nil {
			return err
		}
		for _, p := range page {
			all.add(p, by)
		}
	}
	return nil
}

// add adds a person. If the person was found before, it only adds what else the value is.
func (all *search) add(p admin.FoundPerson, by string) {
	same := func(m match) bool { return m.ID == p.ID && m.Tenant == p.Tenant }
	at := slices.IndexFunc(all.found, same)
	if at < 0 {
		all.found = append(all.found, match{FoundPerson: p, By: []string{by}})
		return
	}
	all.found[at].By = append(all.found[at].By, by)
}

// countGroups reads how many groups each user is in. A user who was deleted meanwhile has none.
func (all *search) countGroups(ctx context.Context) error {
	for i, m := range all.found {
		if m.Tenant == "" {
			continue
		}
		u, err := all.session.userByID(ctx, string(m.Tenant), string(m.ID))
		if err != nil && !apiclient.HasStatus(err, http.StatusNotFound) {
			return err
		}
		n := len(u.Groups)
		all.found[i].Groups = &n
	}
	return nil
}

func describeMatches(w io.Writer, found []match) {
	row(w, "KIND", "TENANT", "ID", "USERNAME", "ACTIVE", "GROUPS", "EMAILS", "EXTERNAL ID", "FOUND BY")
	for _, m := range found {
		active, groups := "", ""
		if m.Groups != nil {
			active, groups = formatYesNo(m.Active), fmt.Sprint(*m.Groups)
		}
		row(w, m.Kind, m.Tenant, m.ID, m.UserName, active, groups, formatUserEmails(m.Emails), m.ExternalID,
			join(m.By, ", "))
	}
}
