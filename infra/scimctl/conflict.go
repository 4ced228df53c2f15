package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

func conflictCommands() *cli.Command {
	return group("conflict", "show and resolve conflicts: values that a provider asked for and another resource holds",
		listConflicts(),
		command("show", "TENANT ID", "show a conflict, who holds the value now, and how to resolve it", showConflict),
		connectHolder(),
		releaseConflict(),
		deleteHolder(),
		command("dismiss", "TENANT ID", "hide a conflict from the list; attempts are still counted",
			resolveConflict("dismiss", nil)),
	)
}

// conflictPath is the path of a tenant's conflicts, or of one of them.
func conflictPath(args []string) string {
	return pathWithin("conflicts", args)
}

func listConflicts() *cli.Command {
	var state string
	list := func(ctx context.Context, s *session, args []string) error {
		list, err := s.conflicts(ctx, args[0], state)
		if err != nil {
			return err
		}
		lastColumn := map[string]string{"closed": "OUTCOME", "all": "RESOLVE BY, OR OUTCOME"}[state]
		return s.print(admin.ConflictList{Conflicts: list}, func(w io.Writer) {
			row(w, "ID", "OF", "VALUE", "HELD BY", "STATE", "ATTEMPTS", "LAST", cmp.Or(lastColumn, "RESOLVE BY"))
			for _, c := range list {
				row(
					w,
					c.ID,
					c.Of,
					wording.Truncate(wording.ConflictValue(c.Values[0]), maxValueShown)+formatMore(len(c.Values)-1),
					c.HeldBy,
					c.State,
					c.Attempts,
					wording.Minute(&c.Last),
					cmp.Or(resolvedBy(c), c.Outcome),
				)
			}
			noRows(w, len(list))
		})
	}
	return command("list", "TENANT", "list the conflicts of a tenant", list,
		&cli.StringFlag{Name: "state", Destination: &state, HideDefault: true,
			Usage: "only conflicts in this `STATE`: open, approved, freed, dismissed, closed or all " +
				"(default: all except dismissed and closed)"})
}

// maxValueShown is the maximum number of characters of a value in a table.
const maxValueShown = 64

// conflicts returns all conflicts of a tenant in a state, those with the latest attempt
// first.
func (s *session) conflicts(ctx context.Context, tenant, state string) ([]admin.Conflict, error) {
	list, err := apiclient.ListAll(ctx, s.client, conflictPath([]string{tenant}), url.Values{"state": {state}},
		func(p admin.ConflictList) ([]admin.Conflict, directory.ConflictID) { return p.Conflicts, p.Next })
	slices.SortStableFunc(list, func(a, b admin.Conflict) int { return b.Last.Compare(a.Last) })
	return list, err
}

func formatMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// resolutions are the ways to resolve a conflict that apply now. Dismissing is none of them: it hides the
// conflict, and attempts still fail.
func resolutions(c admin.Conflict) (list []string) {
	for _, o := range c.Can {
		if o.Applies && o.Verb != directory.ByDismissing {
			list = append(list, string(o.Verb))
		}
	}
	return list
}

// resolvedBy lists the ways to resolve a conflict, or says who alone can do it. It is "" if nothing is left to do.
func resolvedBy(c admin.Conflict) string {
	ways := strings.Join(resolutions(c), ", ")
	if ways == "" && c.State == directory.ConflictOpen {
		return "the provider alone"
	}
	return ways
}

func connectHolder() *cli.Command {
	var in admin.Connection
	return command("connect", "TENANT ID", "let the provider's next attempt take over the account or team",
		func(ctx context.Context, s *session, args []string) error {
			return resolveConflict(directory.ByConnecting, in)(ctx, s, args)
		},
		valueFlag("holder", "`ID` of the account or team; the command fails if another one holds the value now",
			func(v string) (err error) {
				in.Holder, err = nonEmpty[scim.ID](v)
				return err
			}))
}

func releaseConflict() *cli.Command {
	var in admin.Release
	var typed string
	return command("release", "TENANT ID", "take the value away from the account, the team or the deactivated user",
		func(ctx context.Context, s *session, args []string) (err error) {
			if in.Confirm, err = s.confirmRelease(ctx, args, typed); err != nil {
				return err
			}
			return nameFlag(resolveConflict(directory.ByReleasing, in)(ctx, s, args))
		},
		valueFlag("email", "`ADDRESS` that the account gets instead", optional(&in.Email, nonEmpty)),
		valueFlag("username", "`USERNAME` that the account gets instead", optional(&in.UserName, nonEmpty)),
		valueFlag("name", "`NAME` that the team gets instead", optional(&in.DisplayName, nonEmpty)),
		confirmFlag("the `ID` of the deactivated user", &typed),
	)
}

// releaseFlag is the flag for a member of the body of a release.
func releaseFlag(member string) string {
	return map[string]string{"userName": "-username", "email": "-email", "displayName": "-name"}[member]
}

// nameFlag replaces the member of the body that an error names by the flag for it.
func nameFlag(err error) error {
	refused, ok := errors.AsType[*apiclient.Error](err)
	if !ok || refused.Status != http.StatusBadRequest {
		return err
	}
	member := strings.TrimRight(strings.Fields(refused.Message + " -")[0], ":")
	if flag := releaseFlag(member); flag != "" {
		return errors.New(wording.Printable(flag + strings.TrimPrefix(refused.Message, member)))
	}
	return err
}

func deleteHolder() *cli.Command {
	var typed string
	return command("delete", "TENANT ID", "delete the account, the team or the deactivated user that holds the value",
		func(ctx context.Context, s *session, args []string) error {
			var c admin.Conflict
			if err := s.client.Do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
				return err
			}
			if o := wording.Option(c, directory.ByDeleting); !o.Applies {
				return fmt.Errorf("nothing is deleted: %s", o.Reason)
			}
			err := s.confirm(wording.DeletionNotice(c), "the id of the "+c.HeldBy, typed, string(c.Holder.ID))
			if err != nil {
				return err
			}
			return resolveConflict(directory.ByDeleting, admin.HolderDeletion{Confirm: c.Holder.ID})(ctx, s, args)
		}, confirmFlag("the `ID` of the account, team or user", &typed))
}

// resolveConflict resolves a conflict, and says what happens next.
func resolveConflict(by directory.Resolution, body any) action {
	return func(ctx context.Context, s *session, args []string) error {
		var c admin.Conflict
		if err := s.client.Do(ctx, http.MethodPost, conflictPath(args)+"/"+string(by), body, &c); err != nil {
			return err
		}
		return s.print(c, func(w io.Writer) { s.printNextSteps(w, args[0], c) })
	}
}
