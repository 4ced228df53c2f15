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

// search answers queries on /Users (RFC 7644 section 3.4.2): by one indexed
// attribute, or the first page of all users.
func (u users) search(ctx context.Context, r *request) (*response, error) {
	query := r.URL.Query()
	start, err := number(query.Get("startIndex"), "startIndex", 1)
	if err != nil {
		return nil, err
	}
	count, err := number(query.Get("count"), "count", defaultCount)
	if err != nil {
		return nil, err
	}
	start, count = max(1, start), min(max(0, count), directory.MaxResults)
	if query.Has("filter") {
		found, err := u.find(ctx, r, query.Get("filter"))
		return u.page(r, found, len(found), start, count), err
	}
	return u.list(ctx, r, start, count)
}

// searchByPost is not offered yet.
func (u users) searchByPost(context.Context, *request) (*response, error) {
	return nil, scim.NotImplemented("this service does not offer searches by POST yet")
}

// list answers with the first page of the tenant's users.
func (u users) list(ctx context.Context, r *request, start, count int) (*response, error) {
	total, err := r.Users.CountUsers(ctx)
	if err != nil {
		return nil, err
	}
	if start > 1 && start <= total && count > 0 {
		return nil, scim.NotImplemented("this service does not offer pages behind the first yet")
	}
	if start > 1 {
		count = 0
	}
	found, err := r.Users.FirstUsers(ctx, count)
	if err != nil {
		return nil, err
	}
	return &response{Status: http.StatusOK, Body: scim.ListResponse(max(total, len(found)), start, u.values(r, found))}, nil
}

// find returns the users that a filter of one equality matches.
func (u users) find(ctx context.Context, r *request, text string) ([]directory.User, error) {
	expr, err := u.parseFilter(r, text)
	if err != nil {
		return nil, err
	}
	c, ok := expr.(*filter.Compare)
	if !ok || c.Op != filter.Equal {
		return nil, laterFilter()
	}
	if c.Value.Kind() != scim.String {
		return nil, scim.InvalidFilter(c.Path.String() + " is a string; compare it with a value in double quotes")
	}
	switch is := func(attr, sub string) bool { return c.Path.Is(u.typ.Core.ID, attr, sub) }; {
	case is("userName", ""):
		return r.Users.UserByName(ctx, c.Value.Text())
	case is("emails", ""), is("emails", "value"):
		return r.Users.UserByEmail(ctx, c.Value.Text())
	case is("externalId", ""):
		return r.Users.UsersByExternalID(ctx, c.Value.Text())
	}
	return nil, laterFilter()
}

// parseFilter reads a filter, repaired where the tenant's profile allows.
func (u users) parseFilter(r *request, text string) (filter.Expr, error) {
	if r.tolerant() {
		return r.event.repairs.Filter(u.typ, text)
	}
	return filter.Parse(text)
}

func laterFilter() error {
	return scim.NotImplemented(`this service offers these filters only, yet: userName eq "...", externalId eq "...", emails.value eq "..."`)
}

// page cuts a page out of the matches of a filter.
func (u users) page(r *request, found []directory.User, total, start, count int) *response {
	first := min(start-1, len(found))
	last := min(first+count, len(found))
	return &response{Status: http.StatusOK, Body: scim.ListResponse(total, start, u.values(r, found[first:last]))}
}

func (u users) values(r *request, found []directory.User) []scim.Value {
	values := make([]scim.Value, len(found))
	for i, user := range found {
		values[i] = u.resource(r, user).Value()
	}
	return values
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
