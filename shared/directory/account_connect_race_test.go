package directory_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"

	"scimserver/shared/directory"
)

// modes are the ways in which races are run: on DynamoDB Local as it is, and with the
// item locks that the real service has.
var modes = map[string]func(http.RoundTripper) http.RoundTripper{"plain": nil, "item locks": itemLocks}

// race runs functions at the same time and returns how many returned no error.
func race(t *testing.T, all ...func() error) (won int) {
	t.Helper()
	var mu sync.Mutex
	var work sync.WaitGroup
	for _, f := range all {
		work.Go(func() {
			err := f()
			refused, _ := errors.AsType[*directory.ResolutionError](err)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case taken(err) == nil && refused == nil && !errors.Is(err, directory.ErrNotFound) &&
				!errors.Is(err, directory.ErrVersion):
				t.Error(err)
			}
		})
	}
	work.Wait()
	return won
}

// If two tenants may connect an account, one of them gets it, with one of many retries.
func TestRaceOfTenantsForAnAccount(t *testing.T) {
	t.Parallel()
	for name, wrap := range modes {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, wrap)
			wanted := user("ann@example.com", "x1", "ann@example.com")
			a := b.account("ann@example.com", "ann@example.com")
			b.approved(a, wanted)
			globex := b.dir.For("globex")
			_, ids := b.post(globex, wanted)
			if _, err := globex.Conflicts().Approve(t.Context(), ids[0], "op", ""); err != nil {
				t.Fatal(err)
			}
			var all []func() error
			for range 5 {
				for _, to := range []*directory.Tenant{b.acme, globex} {
					all = append(all, func() error {
						u, err := to.Users().Create(t.Context(), wanted)
						if err == nil && u.ID != a.ID {
							t.Errorf("the user is %s, the account was %s", u.ID, a.ID)
						}
						return err
					})
				}
			}
			if won := race(t, all...); won != 1 {
				t.Errorf("%d connected the account", won)
			}
			b.verify(1)
		})
	}
}

// The account or the approval changes while the provider retries. Either the account is
// connected as approved, or it is changed and remains an account.
func TestRacesOfAConnection(t *testing.T) {
	t.Parallel()
	wanted := user("ann@example.com", "x1", "ann@example.com")
	for what, other := range map[string]func(b *bench, a directory.Account, id directory.ConflictID) error{
		"release": func(b *bench, _ directory.Account, id directory.ConflictID) error {
			_, err := b.acme.Conflicts().Release(b.Context(), id, directory.Replacement{Email: "ann@new.org"})
			return err
		},
		"delete": func(b *bench, a directory.Account, _ directory.ConflictID) error {
			return b.dir.Accounts().Delete(b.Context(), a.ID, nil)
		},
		"change": func(b *bench, a directory.Account, _ directory.ConflictID) error {
			changed := account("ann@example.com", "ann@example.com", "more@example.com")
			_, err := b.dir.Accounts().Change(b.Context(), a.ID, nil, setAccountTo(changed))
			return err
		},
		"dismiss": func(b *bench, _ directory.Account, id directory.ConflictID) error {
			_, err := b.acme.Conflicts().Dismiss(b.Context(), id, "op")
			return err
		},
		"approve again": func(b *bench, _ directory.Account, id directory.ConflictID) error {
			_, err := b.acme.Conflicts().Approve(b.Context(), id, "op", "")
			return err
		},
	} {
		for name, wrap := range modes {
			t.Run(what+" "+name, func(t *testing.T) {
				b := newBench(t, wrap)
				a := b.account("ann@example.com", "ann@example.com")
				id := b.approved(a, wanted)
				retry := func() error { u, err := b.acme.Users().Create(t.Context(), wanted); return b.counted(u, err) }
				race(t, retry, func() error { return other(b, a, id) }, retry)
				_, connected := b.acme.Users().Get(t.Context(), a.ID)
				_, stands := b.dir.Accounts().Get(t.Context(), a.ID)
				if connected == nil && stands == nil {
					t.Error("there is a user and an account of one id")
				}
				report := Verify(t, b.table)
				if report.Users+report.Accounts == 0 || report.Users > 1 || report.Accounts > 1 {
					t.Errorf("%d users and %d accounts", report.Users, report.Accounts)
				}
			})
		}
	}
}

// counted records a conflict, as the server does.
func (b *bench) counted(_ directory.User, err error) error {
	if e, ok := errors.AsType[*directory.TakenError](err); ok {
		if _, problem := b.acme.Conflicts().Record(b.Context(), e); problem != nil {
			return problem
		}
	}
	return err
}
