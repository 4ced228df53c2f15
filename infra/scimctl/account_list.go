package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"scimserver/shared/admin"
)

// listAccounts prints page by page: there may be millions.
func listAccounts(ctx context.Context, s *session, _ []string) error {
	out := accountTable
	if s.json {
		out = accountArray
	}
	return out(s, func(each func([]admin.Account) error) error {
		for after, more := "", true; more; more = after != "" {
			var page admin.AccountList
			if err := s.client.do(ctx, http.MethodGet, "/accounts?after="+url.QueryEscape(after), nil, &page); err != nil {
				return err
			}
			if err := each(page.Accounts); err != nil {
				return err
			}
			after = string(page.Next)
		}
		return nil
	})
}

// pages calls each with one page of accounts after the other.
type pages func(each func([]admin.Account) error) error

func accountTable(s *session, all pages) error {
	const line = "%-36s  %-32s  %-24s  %-16s  %s\n"
	if _, err := fmt.Fprintf(s.out, line, "ID", "USERNAME", "DISPLAY NAME", "CREATED", "EMAILS"); err != nil {
		return err
	}
	rows := 0
	err := all(func(page []admin.Account) error {
		rows += len(page)
		for _, a := range page {
			emails := strings.Join(described(a.Emails), ", ")
			if _, err := fmt.Fprintf(s.out, line, cell(a.ID), cell(a.UserName), cell(a.DisplayName), moment(&a.Created), cell(emails)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		none(s.out, rows)
	}
	return err
}

// accountArray prints the object that one page with all accounts would be.
func accountArray(s *session, all pages) error {
	before := "{\n  \"accounts\": ["
	err := all(func(page []admin.Account) error {
		for _, a := range page {
			text, err := json.MarshalIndent(a, "    ", "  ")
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(s.out, "%s\n    %s", before, text); err != nil {
				return err
			}
			before = ","
		}
		return nil
	})
	if err != nil {
		return err
	}
	if before != "," {
		_, err = io.WriteString(s.out, before)
	}
	if err == nil {
		_, err = io.WriteString(s.out, "\n  ]\n}\n")
	}
	return err
}
