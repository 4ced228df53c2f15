package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"scimserver/shared/scim"
)

func (h *handler) accounts(s *Service) {
	const all, one = "/v1/accounts", "/v1/accounts/{account}"
	h.handle("GET "+all, theAccount, func(r *http.Request) (int, any, error) {
		out, err := s.accountsAsked(r)
		return http.StatusOK, out, err
	}, "userName", "email", "after", "limit")
	h.handle("POST "+all, theAccount, taking(http.StatusCreated, func(r *http.Request, in NewAccount) (any, error) {
		return s.CreateAccount(r.Context(), in)
	}))
	h.handle("GET "+one, theAccount, func(r *http.Request) (int, any, error) {
		out, err := s.Account(r.Context(), accountOf(r))
		return http.StatusOK, out, err
	})
	h.handle("PATCH "+one, theAccount, taking(http.StatusOK, func(r *http.Request, in AccountChange) (any, error) {
		return s.ChangeAccount(r.Context(), accountOf(r), in)
	}))
	h.handle("DELETE "+one, theAccount, func(r *http.Request) (int, any, error) {
		version, err := versionOf(r.URL.Query())
		if err != nil {
			return 0, nil, err
		}
		out, err := s.RemoveAccount(r.Context(), accountOf(r), version)
		return http.StatusOK, out, err
	}, "version")
}

// accountsAsked answers a list: of the account that the query names, or a page.
func (s *Service) accountsAsked(r *http.Request) (AccountList, error) {
	q := r.URL.Query()
	name, email := q.Get("userName"), q.Get("email")
	switch {
	case q.Has("userName") && q.Has("email"):
		return AccountList{}, invalid("ask for a userName or for an email, not for both")
	case q.Has("userName") && name == "", q.Has("email") && email == "":
		return AccountList{}, invalid("userName and email must not be empty: leave them out to list all accounts")
	case name != "":
		return s.AccountOf(r.Context(), name)
	case email != "":
		return s.AccountAt(r.Context(), email)
	}
	after, limit, err := pageOf(r)
	if err == nil && after != "" && !ownID.MatchString(after) {
		err = invalid("after is no account's id")
	}
	if err != nil {
		return AccountList{}, err
	}
	return s.Accounts(r.Context(), scim.ID(after), limit)
}

func versionOf(q url.Values) (*int64, error) {
	if !q.Has("version") {
		return nil, nil
	}
	n, err := strconv.ParseInt(q.Get("version"), 10, 64)
	if err != nil {
		return nil, invalid("version must be a whole number")
	}
	return &n, nil
}

func accountOf(r *http.Request) scim.ID { return scim.ID(r.PathValue("account")) }
func theAccount(r *http.Request) string { return fmt.Sprintf("account %q", r.PathValue("account")) }

// idLogged is the account of a request for the log, "" where the path names
// something else than an id: an email perhaps.
func idLogged(r *http.Request, name string) string {
	return ownID.FindString(r.PathValue(name))
}
