package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// accountEdits are the flags of account update.
type accountEdits struct {
	userName, displayName         *string
	remove, add, verify, unverify []string
}

func updateAccount() *cli.Command {
	var e accountEdits
	return command("update", "ID", "change an account; unspecified fields are unchanged",
		func(ctx context.Context, s *session, args []string) error {
			a, err := s.editAccount(ctx, args[0], e)
			if err != nil {
				return err
			}
			return s.printAccount(a)
		},
		valueFlag("username", "new `USERNAME`", optional(&e.userName, nonEmpty)),
		valueFlag("display-name", "display `NAME`; an empty one removes it", optional(&e.displayName, anyText)),
		valueFlag("add-email", "`ADDRESS` to add, not verified; may be repeated",
			each(func(v string) { e.add = append(e.add, v) })),
		valueFlag("remove-email", "`ADDRESS` to remove; may be repeated",
			each(func(v string) { e.remove = append(e.remove, v) })),
		valueFlag("verify", "`ADDRESS` of the account that is known to be the person's; may be repeated",
			each(func(v string) { e.verify = append(e.verify, v) })),
		valueFlag("unverify", "`ADDRESS` of the account that is no longer known to be the person's; may be repeated",
			each(func(v string) { e.unverify = append(e.unverify, v) })),
	)
}

// editAccount reads an account and writes it with the edits (optimistic locking). It
// starts again when somebody else changed the account in between.
func (s *session) editAccount(ctx context.Context, id string, e accountEdits) (a admin.Account, err error) {
	const tries = 5
	var sent int64
	for n := range tries {
		var old admin.Account
		if unread := s.client.Do(ctx, http.MethodGet, accountPath(id), nil, &old); unread != nil {
			return a, explainNotFound(id, unread)
		}
		if n == 0 {
			sent, err = old.Version, e.check(old)
		}
		if err != nil && old.Version == sent { // nobody else changed it: the conflict has another cause
			return a, err
		}
		sent = old.Version
		err = s.client.Do(ctx, http.MethodPatch, accountPath(id), e.change(old), &a)
		if !apiclient.HasStatus(err, http.StatusConflict) {
			return a, err
		}
	}
	return a, err
}

// check refuses to remove, verify or unverify an email that the account does not have.
func (e accountEdits) check(a admin.Account) error {
	for _, value := range e.remove {
		if !hasEmail(a.Emails, value) {
			return fmt.Errorf("the account has no email %q", value)
		}
	}
	emails := e.emails(a.Emails)
	for _, value := range slices.Concat(e.verify, e.unverify) {
		if !hasEmail(emails, value) {
			return fmt.Errorf("the account has no email %q; add it with -add-email", value)
		}
	}
	return nil
}

// change is the request that makes the edits to an account, based on the account as it was read.
func (e accountEdits) change(a admin.Account) admin.AccountChange {
	change := admin.AccountChange{Version: &a.Version}
	change.UserName, change.DisplayName = e.userName, e.displayName
	if len(e.remove)+len(e.add)+len(e.verify)+len(e.unverify) > 0 {
		emails := e.emails(a.Emails)
		change.Emails = &emails
	}
	return change
}

func (e accountEdits) emails(old []admin.AccountEmail) []admin.AccountEmail {
	isRemoved := func(email admin.AccountEmail) bool { return containsFold(e.remove, email.Value) }
	list := slices.DeleteFunc(slices.Clone(old), isRemoved)
	for _, value := range e.add {
		if !hasEmail(list, value) {
			list = append(list, admin.AccountEmail{Value: value})
		}
	}
	for i := range list {
		verified := list[i].Verified || containsFold(e.verify, list[i].Value)
		list[i].Verified = verified && !containsFold(e.unverify, list[i].Value)
	}
	if list == nil {
		list = []admin.AccountEmail{} // the API refuses null
	}
	return list
}

// containsFold reports whether an address is in a list; case does not count.
func containsFold(list []string, address string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return scim.Fold(one) == scim.Fold(address) })
}

// hasEmail reports whether an address is among emails; case does not count.
func hasEmail(list []admin.AccountEmail, address string) bool {
	return slices.ContainsFunc(
		list,
		func(e admin.AccountEmail) bool { return scim.Fold(e.Value) == scim.Fold(address) },
	)
}
