package directory_test

import (
	"errors"
	"slices"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

func account(name string, emails ...string) directory.AccountContent {
	return directory.AccountContent{Content: user(name, "", emails...), Verified: emails}
}

// setAccountTo is a change that replaces an account's content.
func setAccountTo(c directory.AccountContent) func(directory.Account) (directory.AccountContent, error) {
	return func(directory.Account) (directory.AccountContent, error) { return c, nil }
}

func (b *bench) account(name string, emails ...string) directory.Account {
	b.Helper()
	a, err := b.dir.Accounts().Create(b.Context(), account(name, emails...))
	if err != nil {
		b.Fatalf("create account %s: %v", name, err)
	}
	return a
}

func TestAccountLife(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	accounts := b.dir.Accounts()
	a := b.account("Ann", "Ann@example.com", "ann@home.org")
	for what, read := range map[string]func() (directory.Account, error){
		"id":    func() (directory.Account, error) { return accounts.Get(t.Context(), a.ID) },
		"name":  func() (directory.Account, error) { return accounts.ByName(t.Context(), "ANN") },
		"email": func() (directory.Account, error) { return accounts.ByEmail(t.Context(), "ann@HOME.org") },
	} {
		got, err := read()
		if err != nil || got.ID != a.ID || got.Doc.JSON() != a.Doc.JSON() || !got.HasVerified("ann@EXAMPLE.com") {
			t.Errorf("by %s: %+v, %v", what, got, err)
		}
	}
	changed, err := accounts.Change(t.Context(), a.ID, nil, func(directory.Account) (directory.AccountContent, error) {
		c := account("ann", "ann@new.org", "ann@home.org")
		c.Verified = []string{"ann@home.org", "none@other.org"}
		return c, nil
	})
	if err != nil || changed.Version != 2 || changed.HasVerified("ann@new.org") ||
		!changed.HasVerified("ann@home.org") || changed.HasVerified("none@other.org") {
		t.Errorf("changed to %+v, %v", changed, err)
	}
	b.verify(0)
	if err := accounts.Delete(t.Context(), a.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Get(t.Context(), a.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the deleted account reads %v", err)
	}
	b.create("ann", "", "ann@home.org")
	b.verify(1)
}

// The claims of accounts and of users of all tenants exclude each other. Only a tenant itself
// learns which of its resources holds a value.
func TestAccountsAndUsersShareClaims(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	a := b.account("ann", "ann@example.com")
	_, err := b.acme.Users().Create(t.Context(), user("ANN", "", "bob@example.com", "ann@Example.com"))
	if got := taken(err); !slices.Equal(got, []string{"userName=ANN", "emails.value=ann@Example.com"}) {
		t.Errorf("a user: %v, %v", got, err)
	}
	for _, v := range takenValues(t, err) {
		if v.Holder != "" || v.ID != "" {
			t.Errorf("the tenant learns of %+v", v)
		}
	}
	u := b.create("bob", "", "bob@example.com")
	_, err = b.dir.Accounts().Create(t.Context(), account("carl", "bob@example.com"))
	if v := takenValues(t, err); len(v) != 1 || v[0].Holder != "" {
		t.Errorf("an account: %+v, %v", v, err)
	}
	_, err = b.dir.Accounts().Create(t.Context(), account("ann"))
	if v := takenValues(t, err); len(v) != 1 || v[0].Holder != directory.AccountKind || v[0].ID != a.ID {
		t.Errorf("another account: %+v, %v", v, err)
	}
	_, err = b.acme.Users().Create(t.Context(), user("bob", ""))
	if v := takenValues(t, err); len(v) != 1 || v[0].Holder != directory.UserKind || v[0].ID != u.ID {
		t.Errorf("a user of the same tenant: %+v, %v", v, err)
	}
	if _, err = b.acme.Users().Get(t.Context(), a.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the tenant reads the account: %v", err)
	}
	b.verify(1)
}

func takenValues(t *testing.T, err error) []directory.TakenValue {
	t.Helper()
	e, ok := errors.AsType[*directory.TakenError](err)
	if !ok {
		t.Fatalf("the error is %v", err)
	}
	return e.Values
}

// In scope TENANT, accounts are unique among accounts only, not among users.
func TestAccountsInTenantScope(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil, func(o *directory.Options) { o.Scope = directory.TenantScope })
	b.account("ann", "ann@example.com")
	b.create("ann", "", "ann@example.com")
	if _, err := b.dir.Accounts().Create(t.Context(), account("ANN")); taken(err) == nil {
		t.Errorf("a second account of the name: %v", err)
	}
	b.verify(1)
}

func TestAccountsAreListed(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	var all []scim.ID
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		all = append(all, b.account(name).ID)
	}
	slices.Sort(all)
	var listed []scim.ID
	for after, more := scim.ID(""), true; more; more = after != "" {
		page, next, err := b.dir.Accounts().List(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page {
			listed = append(listed, a.ID)
		}
		after = next
	}
	n, err := b.dir.Accounts().Count(t.Context())
	if !slices.Equal(listed, all) || n != 5 || err != nil {
		t.Errorf("listed %v of %v, counted %d, %v", listed, all, n, err)
	}
}

// There is no handle on a tenant without an id, so accounts can't be used as a tenant's users.
func TestNoTenantWithoutAnID(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	func() {
		defer func() {
			if recover() == nil {
				t.Error(`For("") returned a handle`)
			}
		}()
		_, _ = b.dir.For("").Users().Create(t.Context(), user("ann", "", "ann@example.com"))
	}()
	b.account("ann@example.com", "ann@example.com")
	b.verify(0)
}
