package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

func conflictCommands() []command {
	return []command{
		{"conflict list", "TENANT", "list what a provider asked for and did not get because another holds it", listConflicts},
		{"conflict show", "TENANT ID", "show a conflict, who holds the value now, and the ways out", plain(showConflict)},
		{"conflict connect", "TENANT ID", "let the provider's next attempt take over the account or team", connectHolder},
		{"conflict release", "TENANT ID", "take the value away from the account or team", releaseConflict},
		{"conflict delete", "TENANT ID", "delete the account or team that holds the value", deleteHolder},
		{"conflict dismiss", "TENANT ID", "list a conflict no more; attempts are still counted", plain(decide("dismiss", nil))},
	}
}

func conflictPath(args []string) string {
	path := tenantPath(args[0]) + "/conflicts"
	if len(args) > 1 {
		path += "/" + url.PathEscape(args[1])
	}
	return path
}

func listConflicts(flags *flag.FlagSet) action {
	state := flags.String("state", "", "open, approved, freed, dismissed, closed or all (default all but dismissed and closed)")
	return func(ctx context.Context, s *session, args []string) error {
		all, err := s.conflicts(ctx, args[0], *state)
		if err != nil {
			return err
		}
		last := map[string]string{"closed": "OUTCOME", "all": "CAN, OR OUTCOME"}[*state]
		return s.show(all, func(w io.Writer) {
			row(w, "ID", "OF", "VALUE", "HELD BY", "STATE", "ATTEMPTS", "LAST", either(last, "CAN"))
			for _, c := range all.Conflicts {
				left := either(strings.Join(verbs(c), ", "), c.Outcome)
				row(w, c.ID, c.Of, short(lost(c.Values[0]), maxValueShown)+more(len(c.Values)-1), c.HeldBy, c.State, c.Attempts, moment(&c.Last), left)
			}
			none(w, len(all.Conflicts))
		})
	}
}

// maxValueShown is the most characters of a value in a table.
const maxValueShown = 64

// conflicts reads all conflicts of a tenant in a state, the last ones first.
func (s *session) conflicts(ctx context.Context, tenant, state string) (admin.ConflictList, error) {
	all := admin.ConflictList{Conflicts: []admin.Conflict{}}
	for after, more := "", true; more; more = after != "" {
		var page admin.ConflictList
		query := url.Values{"after": {after}, "state": {state}}
		if err := s.client.do(ctx, http.MethodGet, conflictPath([]string{tenant})+"?"+query.Encode(), nil, &page); err != nil {
			return all, err
		}
		all.Conflicts = append(all.Conflicts, page.Conflicts...)
		after = string(page.Next)
	}
	slices.SortStableFunc(all.Conflicts, func(a, b admin.Conflict) int { return b.Last.Compare(a.Last) })
	return all, nil
}

func lost(v admin.ConflictValue) string { return v.Attribute + " " + v.Value }

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// verbs are the ways to resolve a conflict that apply.
func verbs(c admin.Conflict) (list []string) {
	for _, o := range c.Can {
		if o.Applies {
			list = append(list, string(o.Verb))
		}
	}
	return list
}

func connectHolder(flags *flag.FlagSet) action {
	in := admin.Connection{}
	flags.Func("holder", "`id` of the account or team that is meant; nothing is done if another holds the value by now", func(v string) error {
		in.Holder = scim.ID(v)
		return given(v)
	})
	return func(ctx context.Context, s *session, args []string) error {
		return decide(directory.ByConnecting, in)(ctx, s, args)
	}
}

func releaseConflict(flags *flag.FlagSet) action {
	in := admin.Release{}
	replaced := func(name, usage string, to **string) {
		flags.Func(name, usage, func(v string) error { *to = &v; return given(v) })
	}
	replaced("email", "`address` that the account gets in place of the one that it gives up", &in.Email)
	replaced("username", "`userName` that the account gets", &in.UserName)
	replaced("name", "`name` that the team gets", &in.DisplayName)
	confirm := flags.String("confirm", "", "the `id` of a deactivated user, for scripts; otherwise it is asked for")
	return func(ctx context.Context, s *session, args []string) (err error) {
		if in.Confirm, err = s.confirmRelease(ctx, args, *confirm); err != nil {
			return err
		}
		return asFlag(decide(directory.ByReleasing, in)(ctx, s, args))
	}
}

// flagNames are what the flags of a release are called in its body.
var flagNames = map[string]string{"userName": "-username", "email": "-email", "displayName": "-name"}

// asFlag says in the words of the command line which member of a release is wrong.
func asFlag(err error) error {
	refused, ok := errors.AsType[*apiError](err)
	if !ok || refused.status != http.StatusBadRequest {
		return err
	}
	member := strings.TrimRight(strings.Fields(refused.Message + " -")[0], ":")
	if flag, known := flagNames[member]; known {
		return errors.New(harmless(flag + strings.TrimPrefix(refused.Message, member)))
	}
	return err
}

func deleteHolder(flags *flag.FlagSet) action {
	confirm := flags.String("confirm", "", "the `id` of the account, team or user, for scripts; otherwise it is asked for")
	return func(ctx context.Context, s *session, args []string) error {
		var c admin.Conflict
		if err := s.client.do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
			return err
		}
		if o := optionOf(c, directory.ByDeleting); !o.Applies {
			return fmt.Errorf("nothing is deleted: %s", o.Reason)
		}
		if err := s.confirmed(deletion(c), "its id", *confirm, string(c.Holder.ID), "the id of the "+c.HeldBy); err != nil {
			return err
		}
		return decide(directory.ByDeleting, admin.HolderDeletion{Confirm: c.Holder.ID})(ctx, s, args)
	}
}

func optionOf(c admin.Conflict, by directory.Resolution) admin.ConflictOption {
	for _, o := range c.Can {
		if o.Verb == by {
			return o
		}
	}
	return admin.ConflictOption{Reason: "the service does not offer it"}
}

// decide resolves a conflict in a way, and says what happens next.
func decide(by directory.Resolution, body any) action {
	return func(ctx context.Context, s *session, args []string) error {
		var c admin.Conflict
		if err := s.client.do(ctx, http.MethodPost, conflictPath(args)+"/"+string(by), body, &c); err != nil {
			return err
		}
		return s.show(c, func(w io.Writer) { advise(w, args[0], c) })
	}
}
