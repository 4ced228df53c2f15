package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

// invitationPath is the path of a tenant's invitations, or of one of them.
func invitationPath(args []string) string { return pathWithin("invitations", args) }

func inviteToTenant() *cli.Command {
	var in admin.NewInvitation
	return command("invite", "TENANT", "print a link that lets the customer's administrator open the setup page once",
		func(ctx context.Context, s *session, args []string) error {
			var made admin.Invited
			if err := s.client.Do(ctx, http.MethodPost, invitationPath(args), in, &made); err != nil {
				return err
			}
			return s.print(made, func(w io.Writer) {
				row(w, "link", made.URL)
				row(w, "invitation", made.ID)
				row(w, "role", made.Role)
				row(w, "expires", wording.Minute(&made.Expires))
				_, _ = fmt.Fprintln(w, "The link works once and can't be shown again. Send it to one person.")
			})
		},
		valueFlag("for", "how long the link can be opened, a `DURATION` such as 36h (default: 7d, at most 30d)",
			optional(&in.ExpiresIn, parseSeconds)),
		valueFlag("role", "`ROLE`: setup, which may make and rotate tokens, or view (default: setup)",
			func(v string) (err error) {
				in.Role, err = nonEmpty[tenant.Role](v)
				return err
			}))
}

func listInvitations(ctx context.Context, s *session, args []string) error {
	list, err := apiclient.ListAll(ctx, s.client, invitationPath(args), url.Values{},
		func(p admin.InvitationList) ([]admin.Invitation, tenant.InvitationID) { return p.Invitations, p.Next })
	if err != nil {
		return err
	}
	return s.print(admin.InvitationList{Invitations: list}, func(w io.Writer) {
		row(w, "INVITATION", "ROLE", "STATE", "CREATED", "EXPIRES", "OPENED", "CREATED BY")
		for _, i := range list {
			row(w, i.ID, i.Role, i.State, wording.Minute(&i.Created), wording.Minute(&i.Expires),
				cmp.Or(wording.Minute(i.Opened), "never"), wording.Maker(i.Maker))
		}
		noRows(w, len(list))
	})
}

func uninvite(ctx context.Context, s *session, args []string) error {
	var out admin.Invitation
	if err := s.client.Do(ctx, http.MethodDelete, invitationPath(args), nil, &out); err != nil {
		return err
	}
	return s.print(out, func(w io.Writer) {
		row(w, fmt.Sprintf(
			"invitation %s is revoked. The person who opened it can't use the setup page any more.", out.ID))
	})
}
