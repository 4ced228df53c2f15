package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// edits are what account update does to an account, in the order of the fields.
type edits struct {
	userName, displayName          *string
	remove, add, verify, withdrawn []string
}

func updateAccount(flags *flag.FlagSet) action {
	var e edits
	flags.Func("username", "new `username`", func(v string) error { e.userName = &v; return given(v) })
	flags.Func("display-name", "`name` for people; an empty one removes it", func(v string) error { e.displayName = &v; return nil })
	address(flags, "add-email", "`address` that the account gets, not verified", func(v string) { e.add = append(e.add, v) })
	address(flags, "remove-email", "`address` that the account loses", func(v string) { e.remove = append(e.remove, v) })
	address(flags, "verify", "`address` of the account of which you know that the person reads it", func(v string) { e.verify = append(e.verify, v) })
	address(flags, "unverify", "`address` of the account of which nobody knows any more", func(v string) { e.withdrawn = append(e.withdrawn, v) })
	return func(ctx context.Context, s *session, args []string) error {
		a, err := s.change(ctx, args[0], e)
		if err != nil {
			return err
		}
		return s.showAccount(a)
	}
}

// change makes the edits on what the account is, anew when others change it
// between the read and the write.
func (s *session) change(ctx context.Context, id string, e edits) (a admin.Account, err error) {
	const rounds = 5
	var sent int64
	for n := range rounds {
		var old admin.Account
		if unread := s.client.do(ctx, http.MethodGet, accountPath(id), nil, &old); unread != nil {
			return a, notThere(id, unread)
		}
		if n == 0 {
			sent, err = old.Version, e.check(old)
		}
		if err != nil && old.Version == sent { // the account has not moved: something else is wrong
			return a, err
		}
		sent = old.Version
		if err = s.client.do(ctx, http.MethodPatch, accountPath(id), e.on(old), &a); !conflicts(err) {
			return a, err
		}
	}
	return a, err
}

func conflicts(err error) bool {
	refused, ok := errors.AsType[*apiError](err)
	return ok && refused.status == http.StatusConflict
}

// check refuses edits of emails that the account does not have.
func (e edits) check(a admin.Account) error {
	for _, value := range e.remove {
		if place(a.Emails, value) < 0 {
			return fmt.Errorf("the account has no email %q", value)
		}
	}
	emails := e.emails(a.Emails)
	for _, value := range slices.Concat(e.verify, e.withdrawn) {
		if place(emails, value) < 0 {
			return fmt.Errorf("the account has no email %q; -add-email adds it", value)
		}
	}
	return nil
}

// on is the body that makes the edits on an account as it was read.
func (e edits) on(a admin.Account) admin.AccountChange {
	change := admin.AccountChange{Version: &a.Version}
	change.UserName, change.DisplayName = e.userName, e.displayName
	if len(e.remove)+len(e.add)+len(e.verify)+len(e.withdrawn) > 0 {
		emails := e.emails(a.Emails)
		change.Emails = &emails
	}
	return change
}

func (e edits) emails(old []admin.AccountEmail) []admin.AccountEmail {
	list := slices.DeleteFunc(slices.Clone(old), func(kept admin.AccountEmail) bool { return names(e.remove, kept.Value) })
	for _, value := range e.add {
		if place(list, value) < 0 {
			list = append(list, admin.AccountEmail{Value: value})
		}
	}
	for i := range list {
		list[i].Verified = (list[i].Verified || names(e.verify, list[i].Value)) && !names(e.withdrawn, list[i].Value)
	}
	if list == nil {
		list = []admin.AccountEmail{} // null would be no list
	}
	return list
}

// names reports whether an address is in a list, in upper or lower case.
func names(list []string, address string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return scim.Fold(one) == scim.Fold(address) })
}

func place(list []admin.AccountEmail, address string) int {
	return slices.IndexFunc(list, func(e admin.AccountEmail) bool { return scim.Fold(e.Value) == scim.Fold(address) })
}

func deleteAccount(flags *flag.FlagSet) action {
	typed := flags.String("confirm", "", "the account's `username` once more, for scripts; otherwise it is asked for")
	return func(ctx context.Context, s *session, args []string) error {
		path := accountPath(args[0])
		var a admin.Account
		if err := s.client.do(ctx, http.MethodGet, path, nil, &a); err != nil {
			return notThere(args[0], err)
		}
		question := fmt.Sprintf("This deletes the account of %s (%s), for good.", a.UserName, strings.Join(described(a.Emails), ", "))
		if err := s.confirmed(question, "its username", *typed, a.UserName, "the account's username"); err != nil {
			return err
		}
		out := admin.RemovedAccount{ID: a.ID}
		err := s.client.do(ctx, http.MethodDelete, path+"?version="+strconv.FormatInt(a.Version, 10), nil, &out)
		if err != nil && !gone(err) { // gone: the first answer was lost
			return err
		}
		return s.show(out, func(w io.Writer) { row(w, "account "+a.UserName+" ("+string(out.ID)+") is deleted") })
	}
}
