package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

func accountCommands() *cli.Command {
	return group("account", "manage accounts of the application, which belong to no tenant",
		createAccount(),
		command("list", "", "list all accounts", listAccounts),
		command("show", "ID", "show an account", showAccount),
		findAccount(),
		updateAccount(),
		deleteAccount(),
		importAccounts(),
	)
}

func accountPath(id string) string { return "/accounts/" + url.PathEscape(id) }

func createAccount() *cli.Command {
	var in admin.NewAccount
	var emails []admin.AccountEmail
	var readsPassword bool
	create := func(ctx context.Context, s *session, args []string) (err error) {
		if readsPassword {
			if in.Password, err = s.readPassword(); err != nil {
				return err
			}
		}
		if len(emails) > 0 {
			emails[0].Primary, in.Emails = true, &emails
		}
		in.UserName = &args[0]
		return s.account(ctx, http.MethodPost, "/accounts", in)
	}
	return command("create", "USERNAME", "create an account", create,
		valueFlag("email", "`ADDRESS` of the account; may be repeated, the first one is the primary email",
			each(func(v string) { emails = append(emails, admin.AccountEmail{Value: v}) })),
		valueFlag("verified-email", "`ADDRESS` that is known to be the person's; may be repeated",
			each(func(v string) { emails = append(emails, admin.AccountEmail{Value: v, Verified: true}) })),
		valueFlag("display-name", "display `NAME`", optional(&in.DisplayName, anyText)),
		&cli.BoolFlag{Name: "password-stdin", Usage: "read a password from the first line of standard input",
			HideDefault: true, Destination: &readsPassword},
	)
}

// readPassword reads a password from standard input, because other users of the machine can see arguments.
func (s *session) readPassword() (*string, error) {
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return nil, errors.New("standard input has no password in its first line")
	}
	return &line, nil
}

func showAccount(ctx context.Context, s *session, args []string) error {
	return explainNotFound(args[0], s.account(ctx, http.MethodGet, accountPath(args[0]), nil))
}

// explainNotFound adds to a 404 why the account may not exist.
func explainNotFound(id string, err error) error {
	switch {
	case !apiclient.HasStatus(err, http.StatusNotFound):
		return err
	case uuid.Validate(id) != nil:
		return fmt.Errorf("%w: %q is not an id; use account find -username or account find -email", err, id)
	}
	return fmt.Errorf("%w: it was deleted, or became a user of a tenant", err)
}

// account sends a request that returns an account, and prints the account.
func (s *session) account(ctx context.Context, method, path string, in any) error {
	var a admin.Account
	if err := s.client.Do(ctx, method, path, in, &a); err != nil {
		return err
	}
	return s.printAccount(a)
}

func (s *session) printAccount(a admin.Account) error {
	return s.print(a, func(w io.Writer) {
		row(w, "id", a.ID)
		row(w, "userName", a.UserName)
		row(w, "display name", a.DisplayName)
		row(w, "emails", wording.AccountEmails(a.Emails))
		row(w, "password", map[bool]string{true: "stored", false: "none"}[a.HasPassword])
		row(w, "version", a.Version)
		row(w, "created", wording.Minute(&a.Created))
		row(w, "changed", wording.Minute(&a.LastModified))
	})
}

func findAccount() *cli.Command {
	var userName, email string
	find := func(ctx context.Context, s *session, _ []string) error {
		if (userName == "") == (email == "") {
			return usageError("account find takes either -username or -email")
		}
		query := url.Values{"userName": {userName}}
		if email != "" {
			query = url.Values{"email": {email}}
		}
		a, err := accountBy(ctx, s.client, query)
		if err != nil {
			return err
		}
		if a == nil {
			return fmt.Errorf("no account has %q", cmp.Or(email, userName))
		}
		return s.printAccount(*a)
	}
	return command(
		"find",
		"",
		"show the account that has a username or email",
		find,
		&cli.StringFlag{
			Name:        "username",
			Usage:       "`USERNAME` of the account; case does not count",
			Destination: &userName,
		},
		&cli.StringFlag{
			Name:        "email",
			Usage:       "`ADDRESS` that the account has; case does not count",
			Destination: &email,
		},
	)
}

// accountBy returns the account that has a username or email, nil if none has.
func accountBy(ctx context.Context, c *apiclient.Client, query url.Values) (*admin.Account, error) {
	var list admin.AccountList
	err := c.Do(ctx, http.MethodGet, "/accounts?"+query.Encode(), nil, &list)
	if err != nil || len(list.Accounts) == 0 {
		return nil, err
	}
	return &list.Accounts[0], nil
}
