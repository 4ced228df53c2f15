package main

import (
	"context"
	"fmt"
	"net/url"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// listAccounts prints page by page, because there may be millions of accounts.
func listAccounts(ctx context.Context, s *session, _ []string) error {
	list := apiclient.Pages(ctx, s.client, "/accounts", url.Values{},
		func(p admin.AccountList) ([]admin.Account, scim.ID) { return p.Accounts, p.Next })
	if s.json {
		return printListJSON(s.out, "accounts", list)
	}
	const line = "%-36s  %-32s  %-24s  %-16s  %s\n"
	return printRows(s.out, list, fmt.Sprintf(line, "ID", "USERNAME", "DISPLAY NAME", "CREATED", "EMAILS"),
		func(a admin.Account) string {
			return fmt.Sprintf(line, formatCell(a.ID), formatCell(a.UserName), formatCell(a.DisplayName),
				wording.Minute(&a.Created), formatCell(wording.AccountEmails(a.Emails)))
		})
}
