package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
)

func conflictCommands() []command {
	return []command{
		{"conflict list", "TENANT", "list what a provider asked for and did not get because another holds it", listConflicts},
		{"conflict show", "TENANT ID", "show a conflict, who holds the value now, and the ways out", plain(showConflict)},
		{"conflict connect", "TENANT ID", "let the provider's next attempt take over the account or team", plain(decide("connect", nil))},
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
		all := admin.ConflictList{Conflicts: []admin.Conflict{}}
		for after, more := "", true; more; more = after != "" {
			var page admin.ConflictList
			query := url.Values{"after": {after}, "state": {*state}}
			if err := s.client.do(ctx, http.MethodGet, conflictPath(args)+"?"+query.Encode(), nil, &page); err != nil {
				return err
			}
			all.Conflicts = append(all.Conflicts, page.Conflicts...)
			after = string(page.Next)
		}
		slices.SortStableFunc(all.Conflicts, func(a, b admin.Conflict) int { return b.Last.Compare(a.Last) })
		return s.show(all, func(w io.Writer) {
			row(w, "ID", "OF", "VALUE", "HELD BY", "STATE", "ATTEMPTS", "LAST", "CAN")
			for _, c := range all.Conflicts {
				row(w, c.ID, c.Of, lost(c.Values[0])+more(len(c.Values)-1), c.HeldBy, c.State, c.Attempts, moment(&c.Last), strings.Join(verbs(c), ", "))
			}
		})
	}
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

func showConflict(ctx context.Context, s *session, args []string) error {
	var c admin.Conflict
	if err := s.client.do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
		return err
	}
	return s.show(c, func(w io.Writer) {
		describeConflict(w, c)
		if c.Now != nil {
			row(w, "now", standing(c))
		}
		for _, o := range c.Can {
			row(w, "can "+string(o.Verb), option(o))
		}
		_, _ = fmt.Fprintln(w, next(args[0], c))
	})
}

func describeConflict(w io.Writer, c admin.Conflict) {
	row(w, "id", c.ID)
	row(w, "state", either(strings.Trim(string(c.State)+": "+c.Outcome, ": "), "-"))
	for _, v := range c.Values {
		row(w, "lost", lost(v))
	}
	row(w, "held by", holder(c))
	row(w, "wanted for", strings.TrimSpace(c.Of+" "+c.Name+" "+cmp.Or(string(c.Resource), "(new)")))
	row(w, "externalId", c.ExternalID)
	row(w, "attempts", fmt.Sprintf("%d, from %s to %s", c.Attempts, moment(&c.First), moment(&c.Last)))
	if c.Approval != nil {
		row(w, "approved by", c.Approval.By)
		row(w, "approved until", moment(&c.Approval.Until))
	}
}

func holder(c admin.Conflict) string {
	text := c.Holder.Kind + " " + string(c.Holder.ID)
	if c.HeldBy == "elsewhere" {
		text += " of tenant " + string(c.Holder.Tenant)
	}
	return text
}

// standing is how it stands with the holder.
func standing(c admin.Conflict) string {
	switch n := c.Now; {
	case !n.Holds:
		return n.Reason
	case n.Account != nil:
		return "userName " + n.Account.UserName + ", emails " + either(strings.Join(described(n.Account.Emails), ", "), "none")
	}
	return "it still holds the value"
}

func option(o admin.ConflictOption) string {
	switch {
	case !o.Applies:
		return "no: " + o.Reason
	case o.Needs != "":
		flags := strings.NewReplacer("userName", "-username", "email", "-email", "displayName", "-name")
		return "yes: " + o.Effect + "; name another with " + flags.Replace(o.Needs)
	}
	return "yes: " + o.Effect
}

func releaseConflict(flags *flag.FlagSet) action {
	in := admin.Release{}
	replaced := func(name, usage string, to **string) {
		flags.Func(name, usage, func(v string) error { *to = &v; return given(v) })
	}
	replaced("email", "`address` that the account gets in place of the one that it gives up", &in.Email)
	replaced("username", "`userName` that the account gets", &in.UserName)
	replaced("name", "`name` that the team gets", &in.DisplayName)
	return func(ctx context.Context, s *session, args []string) error {
		return decide(directory.ByReleasing, in)(ctx, s, args)
	}
}

func deleteHolder(flags *flag.FlagSet) action {
	confirm := flags.String("confirm", "", "the `id` of the account or team, for scripts; otherwise it is asked for")
	return func(ctx context.Context, s *session, args []string) error {
		var c admin.Conflict
		if err := s.client.do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
			return err
		}
		if o := optionOf(c, directory.ByDeleting); !o.Applies {
			return fmt.Errorf("nothing is deleted: %s", o.Reason)
		}
		question := fmt.Sprintf("This deletes %s (%s), for good.\nType its id to go on: ", holder(c), standing(c))
		if err := s.confirmed(question, *confirm, string(c.Holder.ID), "the id of the "+c.HeldBy); err != nil {
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
		return s.show(c, func(w io.Writer) { _, _ = fmt.Fprintln(w, next(args[0], c)) })
	}
}
