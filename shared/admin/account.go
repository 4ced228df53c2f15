package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// CreateAccount makes an account of the application.
func (s *Service) CreateAccount(ctx context.Context, in NewAccount) (Account, error) {
	content, err := s.onto(Account{}, in)
	if err != nil {
		return Account{}, err
	}
	made, err := s.Directory.Accounts().Create(ctx, content)
	return shownAccount(made), err
}

// Account shows an account.
func (s *Service) Account(ctx context.Context, id scim.ID) (Account, error) {
	a, err := s.Directory.Accounts().Get(ctx, id)
	return shownAccount(a), err
}

// Accounts shows a page of accounts.
func (s *Service) Accounts(ctx context.Context, after scim.ID, limit int) (AccountList, error) {
	page, next, err := s.Directory.Accounts().List(ctx, after, limit)
	out := AccountList{Accounts: []Account{}, Next: next}
	for _, a := range page {
		out.Accounts = append(out.Accounts, shownAccount(a))
	}
	return out, err
}

// AccountOf shows the account of a username, if there is one.
func (s *Service) AccountOf(ctx context.Context, userName string) (AccountList, error) {
	return found(s.Directory.Accounts().ByName(ctx, userName))
}

// AccountAt shows the account that holds an email, if there is one.
func (s *Service) AccountAt(ctx context.Context, email string) (AccountList, error) {
	return found(s.Directory.Accounts().ByEmail(ctx, email))
}

func found(a directory.Account, err error) (AccountList, error) {
	out := AccountList{Accounts: []Account{}}
	switch {
	case err == nil:
		out.Accounts = append(out.Accounts, shownAccount(a))
	case errors.Is(err, directory.ErrNotFound):
		err = nil
	}
	return out, err
}

// ChangeAccount changes what the change names.
func (s *Service) ChangeAccount(ctx context.Context, id scim.ID, change AccountChange) (Account, error) {
	a, err := s.Directory.Accounts().Change(ctx, id, at(change.Version), func(old directory.Account) (directory.AccountContent, error) {
		return s.onto(shownAccount(old), change.NewAccount)
	})
	return shownAccount(a), moved(err)
}

// RemoveAccount deletes an account with everything that it claims. version is the
// one that it must have; nil means any.
func (s *Service) RemoveAccount(ctx context.Context, id scim.ID, version *int64) (RemovedAccount, error) {
	err := s.Directory.Accounts().Delete(ctx, id, at(version))
	return RemovedAccount{ID: id}, moved(err)
}

// at allows one version of a resource; nil allows any.
func at(version *int64) directory.Match {
	if version == nil {
		return nil
	}
	return func(v int64) bool { return v == *version }
}

// moved says of an account in the API's words that it is at another version.
func moved(err error) error {
	if errors.Is(err, directory.ErrVersion) {
		return conflict("the account is at another version by now: read it again")
	}
	return err
}

// holders says who holds what was lost: an operator may know.
func holders(e *directory.TakenError) string {
	var lost []string
	for i, v := range e.Values {
		lost = append(lost, fmt.Sprintf("%s %q is taken by %s", v.Attribute, v.Value, theHolder(e.Holders[i])))
	}
	return strings.Join(lost, "; ")
}

func theHolder(h directory.Holder) string {
	kind := word(h.Kind)
	if h.Tenant == "" {
		return fmt.Sprintf("%s %s", kind, h.ID)
	}
	return fmt.Sprintf("%s %s of tenant %s", kind, h.ID, h.Tenant)
}

func shownAccount(a directory.Account) Account {
	out := Account{
		ID: a.ID, UserName: a.Doc.Get("userName").Text(), DisplayName: a.Doc.Get("displayName").Text(), Emails: []AccountEmail{},
		HasPassword: a.HasPassword(), Version: a.Version, Created: a.Created, LastModified: a.LastModified,
	}
	for _, e := range a.Doc.Get("emails").Items() {
		address := e.Get("value").Text()
		out.Emails = append(out.Emails, AccountEmail{Value: address, Primary: e.Get("primary").IsTrue(), Verified: a.HasVerified(address)})
	}
	return out
}
