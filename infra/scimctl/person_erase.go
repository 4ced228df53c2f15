package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

const personEraseHelp = `It deletes the users and accounts that have the value, with memberships, claims and
look-ups. In conflicts, the provisioning log and events it replaces their values by "erased", former
names included. Ids stay, and sequences keep all their events. It asks before it begins. If it is
interrupted, the same command continues.

An identity provider that still provisions the person creates the user again: remove the person
there first.`

func erasePerson() *cli.Command {
	var only string
	var yes bool
	cmd := command(
		"erase",
		"VALUE",
		"erase a person by email, userName or id: users, accounts, values in log and events",
		func(ctx context.Context, s *session, args []string) error {
			return s.erasePerson(ctx, args[0], only, yes)
		},
		tenantFlag(&only),
		&cli.BoolFlag{Name: "yes", HideDefault: true, Destination: &yes, Usage: "do not ask, for scripts"},
	)
	cmd.Description = personEraseHelp
	return cmd
}

// erasureReport says what was erased.
type erasureReport struct {
	Value     string         `json:"value"`
	Deleted   []match        `json:"deleted"`   // users and accounts
	Conflicts int            `json:"conflicts"` // records whose values were replaced
	Entries   int            `json:"entries"`
	Events    int            `json:"events"`
	Living    []livingPerson `json:"living"` // those who had the value and were left unchanged
	Left      []string       `json:"left"`   // what an erasure does not reach, as sentences
}

// livingPerson is a user or account that had the value formerly.
type livingPerson struct {
	Tenant string  `json:"tenant,omitempty"`
	ID     scim.ID `json:"id"`
}

// leftAfterErasure is what an erasure does not reach.
func leftAfterErasure() []string {
	return []string{
		"Backups and point-in-time recovery keep the old values for up to 35 days, and longer where a " +
			"backup plan says so.",
		"The table's stream keeps them for 24 hours. A recording of scimctl trace is gone after 24 hours.",
		"Events that applications and EventBridge have received are theirs: erase the person there, too. " +
			"Do the same with the files of scimctl tenant export and person export.",
		"A large change of a group that was interrupted before it took effect keeps the names that the " +
			"provider sent with the members for up to 30 days.",
		"The functions' logs have ids and no values.",
		"Requests that were under way, or that the identity provider sends later, leave new values: " +
			"run the command again.",
	}
}

func (s *session) erasePerson(ctx context.Context, value, only string, yes bool) error {
	found, err := s.findPersons(ctx, value, only)
	if err != nil {
		return err
	}
	scopes, err := s.personScopes(ctx, only)
	if err != nil {
		return err
	}
	typed := ""
	if yes {
		typed = value
	}
	if !yes {
		s.notifyErasure(value, found, scopes)
	}
	notice := "If an identity provider still provisions the person, it creates the user again."
	if err := s.confirm(notice, wording.Printable(value), typed, value); err != nil {
		return err
	}
	report := erasureReport{Value: value, Deleted: found, Living: []livingPerson{}, Left: leftAfterErasure()}
	progress := newProgressLine(s)
	defer progress.close()
	for _, scope := range scopes {
		if err := s.eraseIn(ctx, scope, found, &report, &progress); err != nil {
			return fmt.Errorf("%w\nrun the same command again to continue", err)
		}
	}
	if report.isEmpty() {
		return holdsNothing(value, only)
	}
	return s.print(report, func(w io.Writer) { s.printErasure(w, report, only) })
}

// notifyErasure says what is about to happen, and names each user and account.
func (s *session) notifyErasure(value string, found []match, scopes []personScope) {
	for _, m := range found {
		s.notify("This permanently deletes %s.\n", m.name())
	}
	if len(found) == 0 {
		s.notify("No user and no account has %s now.\n", wording.Printable(value))
	}
	where := scopes[0].label()
	if len(scopes) > 1 {
		where = fmt.Sprintf("the accounts and all tenants (%d)", len(scopes)-1)
	}
	s.notify("Erasing replaces the person's values in conflicts, the provisioning log and events of %s.\n", where)
}

// eraseIn erases the person from a tenant, or from the accounts. It sends all ids to each of them: a user may have been
// an account with the same id, and a tenant's conflicts name those who hold a value elsewhere.
func (s *session) eraseIn(
	ctx context.Context, scope personScope, found []match, report *erasureReport, progress *progressLine,
) error {
	in := admin.PersonErasure{Value: report.Value, IDs: personIDs(report.Value, found)}
	for {
		var e admin.ErasedPerson
		if err := s.postAgain(ctx, scope.path("erase"), in, &e); err != nil {
			if ctx.Err() != nil {
				return errors.New("interrupted")
			}
			return err
		}
		if e.Done {
			report.add(scope, e)
			return nil
		}
		progress.print(func(elapsed time.Duration) string {
			return fmt.Sprintf("%s: %s, %s", scope.label(), e.Stage, formatElapsed(elapsed.Seconds()))
		})
	}
}

func (r *erasureReport) add(scope personScope, e admin.ErasedPerson) {
	r.Conflicts += e.Conflicts
	r.Entries += e.Entries
	r.Events += e.Events
	for _, id := range e.Living {
		r.Living = append(r.Living, livingPerson{string(scope), id})
	}
	for _, id := range e.Deleted {
		if !slices.ContainsFunc(r.Deleted, func(m match) bool { return m.ID == id }) {
			r.Deleted = append(r.Deleted, match{FoundPerson: admin.FoundPerson{
				Kind: scope.kind(), Tenant: tenant.ID(scope), User: admin.User{ID: id},
			}})
		}
	}
}

func (r *erasureReport) isEmpty() bool {
	return len(r.Deleted)+len(r.Living)+r.Conflicts+r.Entries+r.Events == 0
}

// kind is the kind of the persons in a scope.
func (p personScope) kind() string {
	if p == "" {
		return "account"
	}
	return "user"
}

func (s *session) printErasure(w io.Writer, r erasureReport, only string) {
	for _, m := range r.Deleted {
		row(w, "deleted: "+m.name())
	}
	row(w, fmt.Sprintf("values replaced in %s, %s and %s", admin.Counted(r.Conflicts, "conflict"),
		admin.Counted(r.Entries, "log entry"), admin.Counted(r.Events, "event")))
	for _, p := range r.Living {
		command := "scimctl person erase " + string(p.ID)
		if only != "" {
			command += " -tenant " + only
		}
		row(w, fmt.Sprintf("left: %s of %s had the value and has another now; to erase it too: %s",
			p.ID, personScope(p.Tenant).label(), s.hint(command)))
	}
	row(w, "what the service does not erase:")
	for _, text := range r.Left {
		row(w, "  "+text)
	}
}
