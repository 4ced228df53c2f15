package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

func deleteAccount() *cli.Command {
	var typed string
	return command("delete", "ID", "delete an account; its username and emails are free again",
		func(ctx context.Context, s *session, args []string) error {
			path := accountPath(args[0])
			var a admin.Account
			if err := s.client.Do(ctx, http.MethodGet, path, nil, &a); err != nil {
				return explainNotFound(args[0], err)
			}
			notice := fmt.Sprintf(
				"This permanently deletes the account of %s (emails: %s).",
				a.UserName,
				wording.AccountEmails(a.Emails),
			)
			if err := s.confirm(notice, "the username of the account", typed, a.UserName); err != nil {
				return err
			}
			out := admin.RemovedAccount{ID: a.ID}
			err := s.client.Do(ctx, http.MethodDelete, path+"?version="+strconv.FormatInt(a.Version, 10), nil, &out)
			// 404: an earlier attempt deleted it, and its response was lost
			if err != nil && !apiclient.HasStatus(err, http.StatusNotFound) {
				return err
			}
			return s.print(
				out,
				func(w io.Writer) { row(w, fmt.Sprintf("account %s (%s) is deleted", a.UserName, out.ID)) },
			)
		}, confirmFlag("the `USERNAME` of the account once more", &typed))
}
