package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"
	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

func personCommands() *cli.Command {
	return group("person", "export or erase what the service holds about a person", exportPerson(), erasePerson())
}

func tenantFlag(to *string) cli.Flag {
	return &cli.StringFlag{Name: "tenant", Destination: to,
		Usage: "look only in this `TENANT` (default: all tenants and the accounts)"}
}

// personScope is where a person is looked for: in a tenant or, if it is "", in the accounts.
type personScope tenant.ID

func (p personScope) path(verb string) string {
	if p == "" {
		return "/persons/" + verb
	}
	return tenantPath(string(p)) + "/persons/" + verb
}

// label names the scope to people.
func (p personScope) label() string {
	if p == "" {
		return "the accounts"
	}
	return "tenant " + string(p)
}

// personScopes lists where to look: the accounts first, because an account may become a user.
// only limits the search to one tenant. If there is no such tenant, the error says so.
func (s *session) personScopes(ctx context.Context, only string) ([]personScope, error) {
	if only != "" {
		var t admin.Tenant
		return []personScope{personScope(only)}, s.client.Do(ctx, http.MethodGet, tenantPath(only), nil, &t)
	}
	scopes := []personScope{""}
	list := apiclient.Pages(ctx, s.client, "/tenants", url.Values{},
		func(p admin.TenantList) ([]admin.Tenant, tenant.ID) { return p.Tenants, p.Next })
	for page, err := range list {
		if err != nil {
			return nil, err
		}
		for _, t := range page {
			scopes = append(scopes, personScope(t.ID))
		}
	}
	return scopes, nil
}

// findPersons finds the users and accounts that have a value now: an email, a userName or an id.
func (s *session) findPersons(ctx context.Context, value, only string) ([]match, error) {
	all := &search{session: s}
	for _, by := range []string{"email", "userName", "id"} {
		if err := all.by(ctx, by, value); err != nil {
			return nil, err
		}
	}
	found := []match{}
	for _, m := range all.found {
		if only == "" || m.Tenant == tenant.ID(only) {
			found = append(found, m)
		}
	}
	return found, nil
}

// personIDs lists the ids of the persons found, each once, and the value if it is an id: that of a user who was deleted
// is not found, but records may have it.
func personIDs(value string, found []match) []scim.ID {
	ids := []scim.ID{}
	if id, err := uuid.Parse(value); err == nil && id.String() == value {
		ids = append(ids, scim.ID(value))
	}
	for _, m := range found {
		if !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// name describes a person to people.
func (m match) name() string {
	if m.Tenant == "" {
		return fmt.Sprintf("account %s (%s)", m.ID, wording.Printable(m.UserName))
	}
	return fmt.Sprintf("user %s of tenant %s (%s)", m.ID, m.Tenant, wording.Printable(m.UserName))
}

// holdsNothing is the error for a person about whom the service holds nothing.
func holdsNothing(value, only string) error {
	if only != "" {
		return fmt.Errorf("tenant %s holds nothing about %q", wording.Printable(only), value)
	}
	return fmt.Errorf("the service holds nothing about %q", value)
}

// postAgain sends a request that can be repeated, and repeats it after a transient error.
func (s *session) postAgain(ctx context.Context, path string, in, out any) error {
	const tries = 4
	for n := 1; ; n++ {
		err := s.client.Once(ctx, http.MethodPost, path, in, out)
		if n == tries || !apiclient.IsTransient(err) || !apiclient.Sleep(ctx, retryPause) {
			return err
		}
	}
}
