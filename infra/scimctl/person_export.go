package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

const personExportHelp = `It prints one JSON object. "persons" are the users and accounts that have the value, or had it
formerly, with groups and teams. "records" are the conflicts, log entries and events that are about
the person or have the person's id or values, also under former names.

Without -tenant it reads the log and the events of every tenant, which takes time if there are
many. Recordings of scimctl trace are not included; they are gone after 24 hours.`

// retryPause is the pause before a request is repeated.
const retryPause = 2 * time.Second

func exportPerson() *cli.Command {
	var only string
	cmd := command("export", "VALUE", "print what the service holds about the person with an email, userName or id",
		func(ctx context.Context, s *session, args []string) error { return s.exportPerson(ctx, args[0], only) },
		tenantFlag(&only))
	cmd.Description = personExportHelp
	return cmd
}

// personExport is all that the service holds about a person.
type personExport struct {
	Value   string           `json:"value"`
	Made    time.Time        `json:"made"`
	Persons []exportedPerson `json:"persons"`
	Records []exportedRecord `json:"records"`
}

// exportedPerson is a user or account with what the person belongs to.
type exportedPerson struct {
	Kind   string `json:"kind"`
	Tenant string `json:"tenant,omitempty"`
	Person any    `json:"person"`
	// Formerly means that the user or account had the value earlier, as the log or an event shows.
	Formerly bool `json:"formerly,omitempty"`
}

// exportedRecord is a record with the tenant that has it, "" for the accounts.
type exportedRecord struct {
	Tenant string          `json:"tenant,omitempty"`
	Type   string          `json:"type"`
	Data   json.RawMessage `json:"data"`
}

func (s *session) exportPerson(ctx context.Context, value, only string) error {
	out := personExport{Value: value, Made: time.Now().UTC(), Persons: []exportedPerson{}, Records: []exportedRecord{}}
	found, err := s.findPersons(ctx, value, only)
	if err != nil {
		return err
	}
	for _, m := range found {
		p, err := s.readPerson(ctx, m)
		if err != nil {
			return err
		}
		out.Persons = append(out.Persons, p)
	}
	scopes, err := s.personScopes(ctx, only)
	if err != nil {
		return err
	}
	progress := newProgressLine(s)
	defer progress.close()
	for i, scope := range scopes {
		records, ids, err := s.personRecords(ctx, scope, value, personIDs(value, found))
		if err != nil {
			return err
		}
		out.Records = append(out.Records, records...)
		if err := s.addFormer(ctx, &out, scope, found, ids); err != nil {
			return err
		}
		progress.print(func(time.Duration) string {
			return fmt.Sprintf("%d of %s", i, admin.Counted(len(scopes)-1, "tenant"))
		})
	}
	if len(out.Persons)+len(out.Records) == 0 {
		return holdsNothing(value, only)
	}
	printer := *s
	printer.json = true
	return printer.print(out, nil)
}

// readPerson reads the user or account with groups and teams.
func (s *session) readPerson(ctx context.Context, m match) (exportedPerson, error) {
	if m.Tenant != "" {
		u, err := s.userByID(ctx, string(m.Tenant), string(m.ID))
		return exportedPerson{Kind: m.Kind, Tenant: string(m.Tenant), Person: u}, err
	}
	var a admin.Account
	err := s.client.Do(ctx, http.MethodGet, accountPath(string(m.ID)), nil, &a)
	return exportedPerson{Kind: m.Kind, Person: a}, err
}

// addFormer adds the users or accounts that had the value formerly and still exist.
func (s *session) addFormer(
	ctx context.Context, out *personExport, scope personScope, found []match, ids []scim.ID,
) error {
	for _, id := range ids {
		if slices.ContainsFunc(found, func(m match) bool { return m.ID == id }) {
			continue
		}
		m := match{FoundPerson: admin.FoundPerson{
			Kind: scope.kind(), Tenant: tenant.ID(scope), User: admin.User{ID: id},
		}}
		p, err := s.readPerson(ctx, m)
		switch {
		case apiclient.HasStatus(err, http.StatusNotFound): // deleted
		case err != nil:
			return err
		default:
			p.Formerly = true
			out.Persons = append(out.Persons, p)
		}
	}
	return nil
}

// personRecords reads the records of one tenant, or of the accounts, and the ids of those who have or had the value.
func (s *session) personRecords(
	ctx context.Context, scope personScope, value string, ids []scim.ID,
) (all []exportedRecord, persons []scim.ID, err error) {
	for query := (admin.PersonSearch{Value: value, IDs: ids}); ; {
		var part admin.PersonRecords
		if err := s.postAgain(ctx, scope.path("export"), query, &part); err != nil {
			if ctx.Err() != nil {
				err = errors.New("interrupted")
			}
			return nil, nil, err
		}
		for _, r := range part.Records {
			all = append(all, exportedRecord{string(scope), r.Type, r.Data})
		}
		if query.After = part.Next; part.Next == "" {
			return all, part.IDs, nil
		}
	}
}
