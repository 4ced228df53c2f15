package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// defaultCount is the size of a page for which the client names none.
const defaultCount = 100

// query is what a search asks for.
type query struct {
	filter string
	start  int // of the page, from 1
	count  int // of its resources, from 0
}

// search answers queries on /Users (RFC 7644 section 3.4.2).
func (u users) search(ctx context.Context, r *request) (*response, error) {
	q, err := readQuery(r)
	if err != nil {
		return nil, err
	}
	if !r.URL.Query().Has("filter") {
		return u.list(ctx, r, q)
	}
	return u.filtered(ctx, r, q)
}

// searchByPost is not offered yet.
func (u users) searchByPost(context.Context, *request) (*response, error) {
	return nil, scim.NotImplemented("this service does not offer searches by POST yet")
}

// readQuery reads the parameters of RFC 7644 section 3.4.2.4, bounded.
func readQuery(r *request) (q query, err error) {
	values := r.URL.Query()
	if q.start, err = number(values.Get("startIndex"), "startIndex", 1); err != nil {
		return q, err
	}
	if q.count, err = number(values.Get("count"), "count", defaultCount); err != nil {
		return q, err
	}
	q.filter, q.start, q.count = values.Get("filter"), max(1, q.start), min(max(0, q.count), directory.MaxResults)
	return q, nil
}

// list answers with a page of all users of the tenant.
func (u users) list(ctx context.Context, r *request, q query) (*response, error) {
	total, err := r.Users.CountUsers(ctx)
	if err != nil {
		return nil, err
	}
	if q.start > total {
		q.count = 0
	}
	found, err := r.Users.Users(ctx, q.start-1, q.count)
	if err != nil {
		return nil, err
	}
	values := make([]scim.Value, len(found))
	for i, user := range found {
		values[i] = r.projection.Apply(u.resource(r, user).Value())
	}
	if len(found) > 0 { // created since the count
		total = max(total, q.start-1+len(found))
	}
	return page(total, q, values), nil
}

// filtered answers with a page of the users that match a filter, and their
// number.
func (u users) filtered(ctx context.Context, r *request, q query) (*response, error) {
	expr, err := u.parseFilter(r, q.filter)
	if err != nil {
		return nil, err
	}
	matcher, err := filter.Compile(expr, u.typ, filter.Options{})
	if err != nil {
		return nil, err
	}
	total, size := 0, 0
	var values []scim.Value
	err = u.candidates(ctx, r, expr, func(user directory.User) {
		value := u.resource(r, user).Value()
		if !matcher.Match(value) {
			return
		}
		if total++; total >= q.start && len(values) < q.count && size < directory.MaxPageBytes {
			values = append(values, r.projection.Apply(value))
			size += user.Size()
		}
	})
	return page(total, q, values), err
}

func page(total int, q query, values []scim.Value) *response {
	return &response{Status: http.StatusOK, Body: scim.ListResponse(total, q.start, values)}
}

// candidates calls f with every user that may match a filter: those that one of
// its equalities finds by key, or all.
func (u users) candidates(ctx context.Context, r *request, expr filter.Expr, f func(directory.User)) error {
	find := u.key(r, expr)
	if find == nil {
		return r.Users.EachUser(ctx, func(user directory.User) bool { f(user); return true })
	}
	found, err := find(ctx)
	for _, user := range found {
		f(user)
	}
	return err
}

// key returns the look-up for the first indexed equality among the conditions
// that a filter joins by and, nil where there is none.
func (u users) key(r *request, expr filter.Expr) func(context.Context) ([]directory.User, error) {
	switch e := expr.(type) {
	case *filter.And:
		if find := u.key(r, e.X); find != nil {
			return find
		}
		return u.key(r, e.Y)
	case *filter.Has:
		if e.Path.Is(u.typ.Core.ID, "emails", "") {
			return emailKey(r, e.Filter)
		}
	case *filter.Compare:
		if e.Op == filter.Equal && e.Value.Kind() == scim.String {
			return u.equality(r, e.Path, e.Value.Text())
		}
	}
	return nil
}

// emailKey is key for the conditions on one email.
func emailKey(r *request, expr filter.Expr) func(context.Context) ([]directory.User, error) {
	switch e := expr.(type) {
	case *filter.And:
		if find := emailKey(r, e.X); find != nil {
			return find
		}
		return emailKey(r, e.Y)
	case *filter.Compare:
		if e.Op == filter.Equal && e.Value.Kind() == scim.String && e.Path.Is("", "value", "") {
			return finder(r.Users.UserByEmail, e.Value.Text())
		}
	}
	return nil
}

func (u users) equality(r *request, path filter.Path, value string) func(context.Context) ([]directory.User, error) {
	is := func(attr, sub string) bool { return path.Is(u.typ.Core.ID, attr, sub) }
	switch {
	case is("id", ""):
		return finder(r.Users.UserByID, value)
	case is("userName", ""):
		return finder(r.Users.UserByName, value)
	case is("emails", ""), is("emails", "value"):
		return finder(r.Users.UserByEmail, value)
	case is("externalId", ""):
		return finder(r.Users.UsersByExternalID, value)
	}
	return nil
}

func finder(find func(context.Context, string) ([]directory.User, error), value string) func(context.Context) ([]directory.User, error) {
	return func(ctx context.Context) ([]directory.User, error) { return find(ctx, value) }
}

// parseFilter reads a filter, repaired where the tenant's profile allows.
func (u users) parseFilter(r *request, text string) (filter.Expr, error) {
	if r.tolerant() {
		return r.event.repairs.Filter(u.typ, text)
	}
	return filter.Parse(text)
}

// number reads a paging parameter; one that is not sent has its default.
func number(text, name string, fallback int) (int, error) {
	if text = strings.TrimSpace(text); text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, scim.InvalidValue(name + " must be an integer")
	}
	return n, nil
}
