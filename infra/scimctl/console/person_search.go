package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

func (c *console) personPages(mux *http.ServeMux) {
	c.show(mux, "/people", c.findPeople)
	c.show(mux, "/tenants/{tenant}/users", c.listUsers)
	c.show(mux, "/tenants/{tenant}/users/{user}", c.showUser)
}

// identifiers are what a value may be; see scimctl who.
var identifiers = []string{"email", "userName", "id", "externalId"}

// match is a person whom a search has found.
type match struct {
	admin.FoundPerson
	by []string // what the value is
}

// findPeople searches all tenants and accounts.
func (c *console) findPeople(ctx context.Context, r *http.Request) (screen, error) {
	value := strings.TrimSpace(r.URL.Query().Get("value"))
	s := screen{
		Header:  web.Header{Title: "Find a person", Text: "Over all tenants, and the accounts of the application."},
		current: navPeople,
		Sections: []section{{Plain: true, Search: &search{
			Action: c.at("people"), Label: "Email, username, id or external id", Name: "value", Value: value,
			Button: "Find", Help: "The whole value. Upper and lower case count only in ids.",
		}}},
	}
	if value == "" {
		return s, nil
	}
	found, more, err := c.searchPeople(ctx, value)
	if err != nil {
		return screen{}, err
	}
	result := section{Plain: true, Table: &web.Table{
		Caption: "Persons found", Rows: c.matchRows(found),
		Columns: columns("Person", "Tenant", "State", "Emails", "External id", "Found by"),
		Empty: web.Empty{
			Title: "Nobody has this email, username, id or external id",
			Text:  "It has to be the whole value: " + value,
		},
	}}
	if len(more) > 0 {
		result.Notice = &web.Notice{
			Tone: web.Info, Title: "Some tenants have more users with this external id", Text: joined(more, ", "),
		}
	}
	s.Sections = append(s.Sections, result)
	return s, nil
}

// searchPeople tries a value as each identifier, at the same time. more are tenants that have more
// users with the external id.
func (c *console) searchPeople(ctx context.Context, value string) (all []match, more []tenant.ID, err error) {
	found := make([][]admin.FoundPerson, len(identifiers))
	cut := make([][]tenant.ID, len(identifiers))
	group, ctx := errgroup.WithContext(ctx)
	for i, by := range identifiers {
		group.Go(func() (err error) {
			found[i], cut[i], err = c.searchBy(ctx, by, value)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	for i, by := range identifiers {
		for _, p := range found[i] {
			all = addMatch(all, p, by)
		}
	}
	return all, slices.Concat(cut...), nil
}

func (c *console) searchBy(
	ctx context.Context, by, value string,
) (found []admin.FoundPerson, more []tenant.ID, err error) {
	query := url.Values{by: {value}}
	for {
		var page admin.FoundPersons
		if err := c.get(ctx, withQuery("/users", query), &page); err != nil {
			return nil, nil, err
		}
		found, more = append(found, page.Users...), append(more, page.More...)
		if page.Next == "" {
			return found, more, nil
		}
		query.Set("after", string(page.Next))
	}
}

// addMatch adds a person once, however the value identifies the person.
func addMatch(all []match, p admin.FoundPerson, by string) []match {
	same := func(m match) bool { return m.ID == p.ID && m.Tenant == p.Tenant }
	if at := slices.IndexFunc(all, same); at >= 0 {
		all[at].by = append(all[at].by, by)
		return all
	}
	return append(all, match{p, []string{by}})
}

func (c *console) matchRows(found []match) (rows []web.Row) {
	for _, m := range found {
		person := web.Cell{Text: m.UserName, Note: m.DisplayName}
		at := web.Cell{Text: "account of the application"}
		state := web.Cell{}
		if m.Tenant != "" {
			person.URL = c.at("tenants", string(m.Tenant), "users", string(m.ID))
			at = web.Cell{Text: string(m.Tenant), URL: c.at("tenants", string(m.Tenant))}
			state.Badge = activeBadge(m.Active)
		}
		rows = append(rows, web.Row{
			person, at, state, {Text: emailText(m.Emails)}, {Text: m.ExternalID}, {Text: strings.Join(m.by, ", ")},
		})
	}
	return rows
}

func joined[T ~string](list []T, separator string) string {
	text := make([]string, len(list))
	for i, one := range list {
		text[i] = string(one)
	}
	return strings.Join(text, separator)
}
