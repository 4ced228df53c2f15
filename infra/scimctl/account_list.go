package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/url"

	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// listAccounts prints page by page, because there may be millions of accounts.
func listAccounts(ctx context.Context, s *session, _ []string) error {
	list := pages(ctx, s.client, "/accounts", url.Values{},
		func(p admin.AccountList) ([]admin.Account, scim.ID) { return p.Accounts, p.Next })
	if s.json {
		return printAccountJSON(s.out, list)
	}
	return printAccountTable(s.out, list)
}

// printAccountTable prints columns of a fixed width, for it can't know the widest cell.
func printAccountTable(w io.Writer, list iter.Seq2[[]admin.Account, error]) error {
	const line = "%-36s  %-32s  %-24s  %-16s  %s\n"
	if _, err := fmt.Fprintf(w, line, "ID", "USERNAME", "DISPLAY NAME", "CREATED", "EMAILS"); err != nil {
		return err
	}
	rows := 0
	for page, err := range list {
		if err != nil {
			return err
		}
		rows += len(page)
		for _, a := range page {
			_, err := fmt.Fprintf(w, line, formatCell(a.ID), formatCell(a.UserName), formatCell(a.DisplayName),
				formatTime(&a.Created), formatCell(formatEmails(a.Emails)))
			if err != nil {
				return err
			}
		}
	}
	noRows(w, rows)
	return nil
}

// printAccountJSON prints one object, as if all accounts were on one page.
func printAccountJSON(w io.Writer, list iter.Seq2[[]admin.Account, error]) error {
	if _, err := io.WriteString(w, "{\n  \"accounts\": ["); err != nil {
		return err
	}
	separator := ""
	for page, err := range list {
		if err != nil {
			return err
		}
		for _, a := range page {
			text, err := json.MarshalIndent(a, "    ", "  ")
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s\n    %s", separator, text); err != nil {
				return err
			}
			separator = ","
		}
	}
	_, err := io.WriteString(w, "\n  ]\n}\n")
	return err
}
