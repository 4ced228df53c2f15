package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// The parameters by which users are found.
const (
	byID         = "id"
	byUserName   = "userName"
	byEmail      = "email"
	byExternalID = "externalId"
)

func (h *handler) users(s *Service) {
	const all, one = "/v1/tenants/{id}/users", "/v1/tenants/{id}/users/{user}"
	h.handle("GET /v1/users", userLabel, withoutBody(s.findPersons),
		byEmail, byUserName, byID, byExternalID, "after")
	h.handle("GET "+all, tenantLabel, withPage(s.listUsers),
		byEmail, byUserName, byExternalID, "after", "limit")
	h.handle("GET "+one, userLabel, withoutBody(func(r *http.Request) (UserDetails, error) {
		return s.User(r.Context(), tenantOf(r), scim.ID(r.PathValue("user")))
	}))
	for _, path := range []string{all, one} {
		h.handle(path, userLabel, func(*http.Request) (int, any, error) { return 0, nil, readOnly("users") })
	}
}

// findPersons answers a search over all tenants.
func (s *Service) findPersons(r *http.Request) (FoundPersons, error) {
	q := r.URL.Query()
	by, value, err := oneOf(q, byEmail, byUserName, byID, byExternalID)
	if err == nil && by == "" {
		err = invalid("ask for an email, a userName, an id or an externalId; " +
			"the users of one tenant are at /v1/tenants/{id}/users")
	}
	after := tenant.ID(q.Get("after"))
	if err == nil && after != "" && !after.Valid() {
		err = notNext()
	}
	if err != nil {
		return FoundPersons{}, err
	}
	query := directory.LocateQuery{}
	switch by {
	case byEmail:
		query.Email = value
	case byUserName:
		query.UserName = value
	case byID:
		query.ID = scim.ID(value)
	default:
		query.ExternalID = value
	}
	return s.FindPersons(r.Context(), query, after)
}

// listUsers returns the users that the query names, or a page of all users.
func (s *Service) listUsers(r *http.Request, after string, limit int) (UserList, error) {
	by, value, err := oneOf(r.URL.Query(), byEmail, byUserName, byExternalID)
	if err == nil {
		err = checkAfterID(after)
	}
	if err != nil {
		return UserList{}, err
	}
	ctx, id := r.Context(), tenantOf(r)
	switch by {
	case byEmail:
		return s.UserByEmail(ctx, id, value)
	case byUserName:
		return s.UserByName(ctx, id, value)
	case byExternalID:
		return s.UsersByExternalID(ctx, id, value, scim.ID(after), limit)
	}
	return s.Users(ctx, id, scim.ID(after), limit)
}

// oneOf returns which of the named parameters a query has, and its value, which must not be empty. by is "" if the
// query has none of them.
func oneOf(q url.Values, names ...string) (by, value string, err error) {
	for _, name := range names {
		switch {
		case !q.Has(name):
			continue
		case by != "":
			return "", "", invalid("give only one of %s", strings.Join(names, ", "))
		case q.Get(name) == "":
			return "", "", invalid("%s must not be empty", name)
		}
		by, value = name, q.Get(name)
	}
	return by, value, nil
}

// checkAfterID refuses a position of a list that is not an id.
func checkAfterID(after string) error {
	if after != "" && !uuidPattern.Match(after) {
		return notNext()
	}
	return nil
}

func notNext() *Error { return invalid("after must be the value of next in an earlier response") }

func userLabel(r *http.Request) string {
	return fmt.Sprintf("user %q of tenant %q", r.PathValue("user"), r.PathValue("id"))
}
