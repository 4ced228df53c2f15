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
	h.handle("GET "+all, accountLabel, withoutBody(func(r *http.Request) (AccountList, error) {
		return s.listAccounts(r)
	}), "userName", "email", "after", "limit")
	h.handle("POST "+all, accountLabel,
		withBody(http.StatusCreated, func(r *http.Request, in NewAccount) (Account, error) {
			return s.CreateAccount(r.Context(), in)
		}))
	h.handle("GET "+one, accountLabel, withoutBody(func(r *http.Request) (Account, error) {
		return s.Account(r.Context(), accountOf(r))
	}))
	h.handle(
		"PATCH "+one,
		accountLabel,
		withBody(http.StatusOK, func(r *http.Request, in AccountChange) (Account, error) {
			return s.ChangeAccount(r.Context(), accountOf(r), in)
		}),
	)
	h.handle("DELETE "+one, accountLabel, withoutBody(func(r *http.Request) (RemovedAccount, error) {
		version, err := versionOf(r.URL.Query())
		if err != nil {
			return RemovedAccount{}, err
		}
		return s.RemoveAccount(r.Context(), accountOf(r), version)
	}), "version")
}

// listAccounts returns the account that the query names, or a page of accounts.
func (s *Service) listAccounts(r *http.Request) (AccountList, error) {
	q := r.URL.Query()
	name, email := q.Get("userName"), q.Get("email")
	switch {
	case q.Has("userName") && q.Has("email"):
		return AccountList{}, invalid("ask for a userName or for an email, not for both")
	case q.Has("userName") && name == "", q.Has("email") && email == "":
		return AccountList{}, invalid("userName and email must not be empty: leave them out to list all accounts")
	case name != "":
		return s.AccountByName(r.Context(), name)
	case email != "":
		return s.AccountByEmail(r.Context(), email)
	}
	after, limit, err := pageOf(r)
	if err == nil && after != "" && !uuidPattern.Match(after) {
		err = invalid("after is not the id of an account")
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

func accountOf(r *http.Request) scim.ID   { return scim.ID(r.PathValue("account")) }
func accountLabel(r *http.Request) string { return fmt.Sprintf("account %q", r.PathValue("account")) }

// loggedID returns an id of the path for the log. It returns "" if the path has something else in
// its place, perhaps an email.
func loggedID(r *http.Request, name string) string {
	return uuidPattern().FindString(r.PathValue(name))
}
