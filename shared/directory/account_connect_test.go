package directory_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// approved makes a conflict between a new user and an account, and approves it.
func (b *bench) approved(a directory.Account, wanted directory.Content) directory.ConflictID {
	b.Helper()
	_, ids := b.post(b.acme, wanted)
	c, err := b.acme.Conflicts().Approve(b.Context(), ids[0], "op", "")
	if err != nil || c.State != directory.ConflictApproved || c.Approval.Version != a.Version || c.Approval.By != "op" {
		b.Fatalf("approved %+v, %v", c, err)
	}
	return ids[0]
}

func TestConnect(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	c := account("ann@example.com", "ann@example.com", "ann@home.org")
	c.HashPassword = func() (string, error) { return "hash", nil }
	a, err := b.dir.Accounts().Create(t.Context(), c)
	if err != nil || !a.HasPassword() {
		t.Fatal(a, err)
	}
	now = now.Add(time.Hour)
	wanted := user("Ann@example.com", "x1", "ann@example.com", "ann@new.org")
	id := b.approved(a, wanted)
	u, err := b.acme.Users().Create(t.Context(), wanted)
	if err != nil || u.ID != a.ID || !u.Created.Equal(a.Created) || u.Version != 1 ||
		u.Doc.JSON() != wanted.Doc.JSON() {
		t.Fatalf("connected %+v, %v", u, err)
	}
	got, err := b.acme.Users().Get(t.Context(), a.ID)
	if err != nil || got.HasPassword() || got.Doc.JSON() != wanted.Doc.JSON() {
		t.Errorf("the user is %+v, %v", got, err)
	}
	if _, err := b.dir.Accounts().Get(t.Context(), a.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the account is still there: %v", err)
	}
	b.state(id, directory.ConflictClosed)
	b.verify(1)
	b.account("other", "ann@home.org")
	if _, err := b.acme.Users().Create(t.Context(), wanted); !slices.Equal(taken(err), []string{
		"userName=Ann@example.com", "emails.value=ann@example.com", "emails.value=ann@new.org",
	}) {
		t.Errorf("once more: %v", err)
	}
	if found, err := b.acme.Users().ByExternalID(t.Context(), "x1"); err != nil || len(found) != 1 {
		t.Errorf("by externalId: %v, %v", found, err)
	}
	b.verify(1)
}

// An approval is void if the account or the conflict has changed since.
func TestApprovalsThatDoNotHold(t *testing.T) {
	t.Parallel()
	wanted := user("ann@example.com", "x1", "ann@example.com")
	for what, tt := range map[string]struct {
		change  func(b *bench, a directory.Account, now *time.Time)
		wanted  directory.Content
		state   directory.ConflictState
		outcome string
	}{
		"the account changed": {func(b *bench, a directory.Account, _ *time.Time) {
			changed := account("ann@example.com", "ann@example.com", "more@example.com")
			_, err := b.dir.Accounts().Change(b.Context(), a.ID, nil, setAccountTo(changed))
			if err != nil {
				b.Fatal(err)
			}
		}, wanted, directory.ConflictOpen, "changed after the approval"},
		"it expired": {func(_ *bench, _ directory.Account, now *time.Time) {
			*now = now.Add(directory.ApprovalLife)
		}, wanted, directory.ConflictOpen, "expired"},
		"dismissed": {func(b *bench, _ directory.Account, _ *time.Time) {
			own, _, err := b.acme.Conflicts().List(b.Context(), "", 1)
			if err != nil {
				b.Fatal(err)
			}
			_, others := b.post(b.dir.For("globex"), wanted) // has no approval
			if others[0] == own[0].ID {
				b.Error("the same conflict in both tenants")
			}
			if _, err := b.acme.Conflicts().Dismiss(b.Context(), own[0].ID, "op"); err != nil {
				b.Fatal(err)
			}
		}, wanted, directory.ConflictDismissed, "dismissed"},
		"another value": {func(b *bench, _ directory.Account, _ *time.Time) { b.account("bob", "bob@example.com") },
			user("ann@example.com", "x1", "bob@example.com"), directory.ConflictApproved, "POST"},
		"a value of somebody else as well": {func(b *bench, _ directory.Account, _ *time.Time) {
			b.account("bob", "bob@example.com")
		},
			user("ann@example.com", "x1", "ann@example.com", "bob@example.com"), directory.ConflictApproved, "POST"},
	} {
		t.Run(what, func(t *testing.T) {
			now := time.Unix(1_800_000_000, 0).UTC()
			b := newBench(t, nil, at(&now))
			a := b.account("ann@example.com", "ann@example.com")
			id := b.approved(a, wanted)
			tt.change(b, a, &now)
			if c, err := b.acme.Conflicts().Refresh(t.Context(), b.conflict(id)); err != nil ||
				(c.State == directory.ConflictApproved) != (tt.state == directory.ConflictApproved ||
					what == "it expired") {
				t.Errorf("before the next attempt it is shown as %s (%s), %v", c.State, c.Outcome, err)
			}
			if _, ids := b.post(b.acme, tt.wanted); ids == nil {
				t.Error("connected all the same")
			}
			if c := b.conflict(id); c.State != tt.state || !strings.Contains(c.Outcome, tt.outcome) {
				t.Errorf("the conflict is %s: %s", c.State, c.Outcome)
			}
			if _, err := b.dir.Accounts().Get(t.Context(), a.ID); err != nil {
				t.Errorf("the account: %v", err)
			}
			b.verify(0)
		})
	}
}

// A tenant connects automatically only if the email and its domain are verified.
func TestConnectAutomatically(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what     string
		connect  tenant.Connect
		domains  []string
		verified []string
		name     string
		want     bool
	}{
		{"all of it", tenant.Automatic, []string{"example.com"}, []string{"Ann@Example.COM"}, "ann@example.com", true},
		{
			"a username of the account's own", tenant.Automatic, []string{"example.com"},
			[]string{"ann@example.com"}, "ann", true,
		},
		{
			"not switched on", tenant.ByApproval, []string{"example.com"}, []string{"ann@example.com"},
			"ann@example.com", false,
		},
		{"email not verified", tenant.Automatic, []string{"example.com"}, nil, "ann@example.com", false},
		{"domain of nobody", tenant.Automatic, nil, []string{"ann@example.com"}, "ann@example.com", false},
		{
			"domain below",
			tenant.Automatic, []string{"ample.com"}, []string{"ann@example.com"}, "ann@example.com", false,
		},
	} {
		t.Run(tt.what, func(t *testing.T) {
			b := newBench(t, nil)
			b.addTenant(tenant.Tenant{
				ID: "acme", Name: "acme", Profile: tenant.Okta, Connect: tt.connect, Domains: tt.domains,
			})
			c := account(tt.name, "ann@example.com")
			c.Verified = tt.verified
			a, err := b.dir.Accounts().Create(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			u, err := b.acme.Users().Create(t.Context(), user(tt.name, "x1", "ANN@example.com"))
			if connected := err == nil && u.ID == a.ID; connected != tt.want || err != nil && taken(err) == nil {
				t.Errorf("connected: %v, %v", connected, err)
			}
			users := 0
			if tt.want {
				users = 1
			}
			b.verify(users)
		})
	}
}

// A username of somebody else keeps an account from being connected automatically,
// and so does an email that is not the account's verified one.
func TestConnectAutomaticallyNeedsOnePerson(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.addTenant(tenant.Tenant{
		ID: "acme", Name: "acme", Profile: tenant.Okta, Connect: tenant.Automatic, Domains: []string{"example.com"},
	})
	b.account("ann", "ann@example.com", "ann@home.org")
	b.account("bob", "bob@example.com")
	for _, wanted := range []directory.Content{
		user("bob", "", "ann@example.com"), user("ann", ""),
		user("x", "", "ann@example.com", "bob@example.com"), user("x", "", "ann@example.com", "ann@home.org"),
	} {
		if _, err := b.acme.Users().Create(t.Context(), wanted); taken(err) == nil {
			t.Errorf("%s: %v", wanted.Doc.JSON(), err)
		}
	}
	b.verify(0)
}

// If a function dies during a connection, at any call (see deaths) or before its answer, there
// is either the account or the user, and the provider's retry succeeds.
func TestDeathWhileConnecting(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one function at a time: nothing for the race detector")
	}
	wanted := user("ann@example.com", "x1", "ann@example.com")
	for _, lost := range []bool{false, true} {
		n, step := deaths(lost)
		for survived := false; !survived; n += step {
			b := newBench(t, nil)
			a := b.account("ann@example.com", "ann@example.com")
			b.approved(a, wanted)
			mortal, ctx := b.mortal(n, lost)
			_, err := mortal.acme.Users().Create(ctx, wanted)
			survived = ctx.Err() == nil
			Verify(t, b.table)
			u, retried := b.acme.Users().Create(t.Context(), wanted)
			if connected := err == nil || taken(retried) != nil; !connected && (retried != nil || u.ID != a.ID) {
				t.Errorf("killed at call %d: %v, then %+v, %v", n, err, u, retried)
			}
			if got, err := b.acme.Users().Get(t.Context(), a.ID); err != nil || got.Doc.JSON() != wanted.Doc.JSON() {
				t.Errorf("killed at call %d: the user is %+v, %v", n, got, err)
			}
			b.verify(1)
		}
	}
}
