package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// CreateAccount creates an account.
func (s *Service) CreateAccount(ctx context.Context, in NewAccount) (Account, error) {
	content, err := s.contentAfter(Account{}, in)
	if err != nil {
		return Account{}, err
	}
	made, err := s.Directory.Accounts().Create(ctx, content)
	return toAccount(made), err
}

// Account returns an account.
func (s *Service) Account(ctx context.Context, id scim.ID) (Account, error) {
	a, err := s.Directory.Accounts().Get(ctx, id)
	return toAccount(a), err
}

// Accounts returns a page of accounts.
func (s *Service) Accounts(ctx context.Context, after scim.ID, limit int) (AccountList, error) {
	page, next, err := s.Directory.Accounts().List(ctx, after, limit)
	out := AccountList{Accounts: []Account{}, Next: next}
	for _, a := range page {
		out.Accounts = append(out.Accounts, toAccount(a))
	}
	return out, err
}

// AccountByName returns the account that holds a username, if there is one.
func (s *Service) AccountByName(ctx context.Context, userName string) (AccountList, error) {
	return accountListOf(s.Directory.Accounts().ByName(ctx, userName))
}

// AccountByEmail returns the account that holds an email, if there is one.
func (s *Service) AccountByEmail(ctx context.Context, email string) (AccountList, error) {
	return accountListOf(s.Directory.Accounts().ByEmail(ctx, email))
}

func accountListOf(a directory.Account, err error) (AccountList, error) {
	out := AccountList{Accounts: []Account{}}
	switch {
	case err == nil:
		out.Accounts = append(out.Accounts, toAccount(a))
	case errors.Is(err, directory.ErrNotFound):
		err = nil
	}
	return out, err
}

// ChangeAccount changes the fields that the change contains.
func (s *Service) ChangeAccount(ctx context.Context, id scim.ID, change AccountChange) (Account, error) {
	edit := func(old directory.Account) (directory.AccountContent, error) {
		return s.contentAfter(toAccount(old), change.NewAccount)
	}
	a, err := s.Directory.Accounts().Change(ctx, id, requireVersion(change.Version), edit)
	return toAccount(a), versionConflict(err)
}

// RemoveAccount deletes an account and releases its username and emails. If version is not nil,
// the account must be at that version.
func (s *Service) RemoveAccount(ctx context.Context, id scim.ID, version *int64) (RemovedAccount, error) {
	err := s.Directory.Accounts().Delete(ctx, id, requireVersion(version))
	return RemovedAccount{ID: id}, versionConflict(err)
}

// requireVersion returns the condition that a resource is at a version; nil means any version.
func requireVersion(version *int64) directory.Match {
	if version == nil {
		return nil
	}
	return func(v int64) bool { return v == *version }
}

// versionConflict turns ErrVersion into an error of the API.
func versionConflict(err error) error {
	if errors.Is(err, directory.ErrVersion) {
		return conflict("the account has changed since: read it again")
	}
	return err
}

// takenText says who holds which value. An operator may see all holders.
func takenText(e *directory.TakenError) string {
	var lost []string
	for i, v := range e.Values {
		lost = append(lost, fmt.Sprintf("%s %q is taken by %s", v.Attribute, v.Value, holderText(e.Holders[i])))
	}
	return strings.Join(lost, "; ")
}

func holderText(h directory.Holder) string {
	kind := kindName(h.Kind)
	if h.Tenant == "" {
		return fmt.Sprintf("%s %s", kind, h.ID)
	}
	return fmt.Sprintf("%s %s of tenant %s", kind, h.ID, h.Tenant)
}

func toAccount(a directory.Account) Account {
	out := Account{
		ID: a.ID, UserName: a.Doc.Get("userName").Text(), DisplayName: a.Doc.Get("displayName").Text(),
		Emails:      []AccountEmail{},
		HasPassword: a.HasPassword(), Version: a.Version, Created: a.Created, LastModified: a.LastModified,
	}
	for _, e := range a.Doc.Get("emails").Items() {
		address := e.Get("value").Text()
		out.Emails = append(out.Emails, AccountEmail{
			Value: address, Primary: e.Get("primary").IsTrue(), Verified: a.HasVerified(address),
		})
	}
	return out
}
