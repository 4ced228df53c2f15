package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"scimserver/shared/admin"
)

func accountCommands() []command {
	return []command{
		{"account create", "USERNAME", "make an account of the application, which belongs to no tenant", createAccount},
		{"account list", "", "list all accounts", plain(listAccounts)},
		{"account show", "ID", "show an account", plain(showAccount)},
		{"account find", "", "show the account of a username or email", findAccount},
		{"account update", "ID", "change an account; what no flag names stays", updateAccount},
		{"account delete", "ID", "delete an account and free its username and emails", deleteAccount},
		{"account import", "FILE", "make the accounts of a CSV or JSON lines file; - is the standard input", importAccounts},
	}
}

func accountPath(id string) string { return "/accounts/" + url.PathEscape(id) }

func createAccount(flags *flag.FlagSet) action {
	var in admin.NewAccount
	var emails []admin.AccountEmail
	address(flags, "email", "`address` of the account; the first one is the primary", func(v string) {
		emails = append(emails, admin.AccountEmail{Value: v})
	})
	address(flags, "verified-email", "`address` of which you know that the person reads it", func(v string) {
		emails = append(emails, admin.AccountEmail{Value: v, Verified: true})
	})
	flags.Func("display-name", "`name` for people", func(v string) error { in.DisplayName = &v; return nil })
	fromInput := flags.Bool("password-stdin", false, "read a password from the first line of the standard input")
	return func(ctx context.Context, s *session, args []string) (err error) {
		if *fromInput {
			if in.Password, err = s.password(); err != nil {
				return err
			}
		}
		if len(emails) > 0 {
			emails[0].Primary, in.Emails = true, &emails
		}
		in.UserName = &args[0]
		return s.account(ctx, http.MethodPost, "/accounts", in)
	}
}

// address declares a flag that may be given several times.
func address(flags *flag.FlagSet, name, usage string, add func(string)) {
	flags.Func(name, usage+"; may be repeated", func(v string) error {
		add(v)
		return given(v)
	})
}

// password reads a password, which is never an argument: others see those.
func (s *session) password() (*string, error) {
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return nil, errors.New("the standard input has no password")
	}
	return &line, nil
}

func showAccount(ctx context.Context, s *session, args []string) error {
	return notThere(args[0], s.account(ctx, http.MethodGet, accountPath(args[0]), nil))
}

// notThere says of an account that was not found what may be the matter.
func notThere(id string, err error) error {
	switch {
	case !gone(err):
		return err
	case uuid.Validate(id) != nil:
		return fmt.Errorf("%w: that is no id; account find -username or -email finds it", err)
	}
	return fmt.Errorf("%w: it was deleted, or may have become a user of a tenant", err)
}

// account sends a request that is answered with an account, and prints it.
func (s *session) account(ctx context.Context, method, path string, in any) error {
	var a admin.Account
	if err := s.client.do(ctx, method, path, in, &a); err != nil {
		return err
	}
	return s.showAccount(a)
}

func (s *session) showAccount(a admin.Account) error {
	return s.show(a, func(w io.Writer) {
		row(w, "id", a.ID)
		row(w, "userName", a.UserName)
		row(w, "display name", a.DisplayName)
		row(w, "emails", either(strings.Join(described(a.Emails), ", "), "none"))
		row(w, "password", map[bool]string{true: "stored", false: "none"}[a.HasPassword])
		row(w, "version", a.Version)
		row(w, "created", moment(&a.Created))
		row(w, "changed", moment(&a.LastModified))
	})
}

func described(emails []admin.AccountEmail) (list []string) {
	for _, e := range emails {
		var notes []string
		if e.Primary {
			notes = append(notes, "primary")
		}
		if e.Verified {
			notes = append(notes, "verified")
		}
		text := e.Value
		if notes != nil {
			text += " (" + strings.Join(notes, ", ") + ")"
		}
		list = append(list, text)
	}
	return list
}

func findAccount(flags *flag.FlagSet) action {
	name := flags.String("username", "", "`username` of the account, in upper or lower case")
	email := flags.String("email", "", "`address` that the account has, in upper or lower case")
	return func(ctx context.Context, s *session, _ []string) error {
		if (*name == "") == (*email == "") {
			return usageError("account find takes either -username or -email")
		}
		query := url.Values{"userName": {*name}}
		if *email != "" {
			query = url.Values{"email": {*email}}
		}
		a, err := s.client.findAccount(ctx, query)
		if err != nil {
			return err
		}
		if a == nil {
			return fmt.Errorf("there is no account of %q", either(*name, *email))
		}
		return s.showAccount(*a)
	}
}

// findAccount returns the one account of a username or email, nil if there is none.
func (c *client) findAccount(ctx context.Context, query url.Values) (*admin.Account, error) {
	var list admin.AccountList
	if err := c.do(ctx, http.MethodGet, "/accounts?"+query.Encode(), nil, &list); err != nil || len(list.Accounts) == 0 {
		return nil, err
	}
	return &list.Accounts[0], nil
}
