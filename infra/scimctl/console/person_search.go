package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
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
		Header:  web.Header{Title: "Find a person", Text: "In all tenants, and in the accounts of the application."},
		current: navPeople,
		Sections: []section{{Plain: true, Search: &search{
			Action: c.at("people"), Label: "Email, username, id or external id", Name: "value", Value: value,
			Button: "Find", Help: "The whole value. Upper and lower case count only in ids.",
		}}},
	}
	if value == "" {
		return s, nil
	}
	all, err := c.searchPeople(ctx, value)
	if err != nil {
		return screen{}, err
	}
	result := section{Plain: true, Table: &web.Table{
		Caption: "Persons found", Rows: c.matchRows(all.found),
		Columns: columns("Person", "Tenant", "State", "Emails", "External id", "Found by"),
		Empty: web.Empty{
			Title: "Nobody has this email, username, id or external id",
			Text:  "It has to be the whole value: " + value,
		},
	}}
	result.Notice = all.notice(value)
	s.Sections = append(s.Sections, result)
	return s, nil
}

// searchResult is the result of a search over everything.
type searchResult struct {
	found      []match
	more       []tenant.ID // tenants that have more users with the external id
	unfinished []string    // identifiers by which not all tenants were searched
}

// notice says what the result does not show, nil if it shows everything.
func (r searchResult) notice(value string) *web.Notice {
	switch {
	case len(r.unfinished) > 0:
		return &web.Notice{
			Tone: web.Warning, Title: "Not all tenants were searched by " + strings.Join(r.unfinished, " and "),
			Text: "There are many of them. To search them all: scimctl who " + value,
		}
	case len(r.more) > 0:
		return &web.Notice{
			Tone: web.Info, Title: "Some tenants have more users with this external id", Text: joined(r.more, ", "),
		}
	}
	return nil
}

// searchPeople tries a value as each identifier, at the same time.
func (c *console) searchPeople(ctx context.Context, value string) (all searchResult, err error) {
	parts := make([]searchResult, len(identifiers))
	group, within := errgroup.WithContext(ctx)
	for i, by := range identifiers {
		if by == "id" && uuid.Validate(value) != nil { // ids are UUIDs
			continue
		}
		group.Go(func() (err error) {
			parts[i], err = c.searchBy(within, by, value)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return all, err
	}
	for _, part := range parts {
		for _, m := range part.found {
			all.add(m)
		}
		all.more, all.unfinished = append(all.more, part.more...), append(all.unfinished, part.unfinished...)
	}
	return all, nil
}

// searchBy reads all pages of a result. An email or userName needs one request. For an id or external id, each
// request searches some hundred tenants. If there are thousands, the time may run out before all are searched.
func (c *console) searchBy(ctx context.Context, by, value string) (r searchResult, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout/2)
	defer cancel()
	for query := (url.Values{by: {value}}); ; {
		var page admin.FoundPersons
		err := c.get(ctx, withQuery("/users", query), &page)
		if errors.Is(err, context.DeadlineExceeded) && (by == "id" || by == "externalId") {
			r.unfinished = []string{by}
			return r, nil
		}
		if err != nil {
			return r, err
		}
		for _, p := range page.Users {
			r.found = append(r.found, match{p, []string{by}})
		}
		if r.more = append(r.more, page.More...); page.Next == "" {
			return r, nil
		}
		query.Set("after", string(page.Next))
	}
}

// add adds a person. If the person was found before, it only adds what else the value is.
func (r *searchResult) add(m match) {
	same := func(other match) bool { return other.ID == m.ID && other.Tenant == m.Tenant }
	if at := slices.IndexFunc(r.found, same); at >= 0 {
		r.found[at].by = append(r.found[at].by, m.by...)
		return
	}
	r.found = append(r.found, m)
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
