package directory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// Domains that fold to the same text may differ: a claim folds ß to ss, a domain registry does not.
func TestConnectAutomaticallyGoesByTheVerifiedDomain(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.addTenant(tenant.Tenant{
		ID: "acme", Name: "acme", Profile: tenant.Okta, Connect: tenant.Automatic, Domains: []string{"strasse.de"},
	})
	b.account("eve", "eve@straße.de")
	if _, err := b.acme.Users().Create(t.Context(), user("evil", "", "eve@strasse.de")); taken(err) == nil {
		t.Errorf("an account of another domain was connected: %v", err)
	}
	b.verify(0)
}

// A tenant that is being deleted connects no account: the account would be deleted with it.
func TestNoConnectionOfADeletedTenant(t *testing.T) {
	t.Parallel()
	for _, connect := range []tenant.Connect{tenant.Automatic, tenant.ByApproval} {
		b := newBench(t, nil)
		b.newTenant("acme", "example.com")
		wanted := user("ann@example.com", "", "ann@example.com")
		a := b.account("ann@example.com", "ann@example.com")
		b.approved(a, wanted)
		if _, err := b.dir.Tenants().ChangeTenant(t.Context(), "acme", func(t *tenant.Tenant) error {
			t.State, t.Connect = tenant.Deleting, connect
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.acme.Users().Create(t.Context(), wanted); taken(err) == nil {
			t.Errorf("connected: %v", err)
		}
		if _, err := b.dir.Accounts().Get(t.Context(), a.ID); err != nil {
			t.Errorf("the account: %v", err)
		}
	}
}

// A release needs a value that differs after folding, and a second release does nothing.
func TestReleasesThatReleaseNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	a := b.account("ann@example.com", "ann@example.com")
	_, ids := b.post(b.acme, user("ann@example.com", "x", "ann@example.com"))
	for _, with := range []directory.Replacement{{Email: "ANN@example.com"}, {UserName: "ANN@EXAMPLE.COM"}} {
		if _, err := b.acme.Conflicts().Release(t.Context(), ids[0], with); !refusedFor(err, "asks for") {
			t.Errorf("%+v: %v", with, err)
		}
	}
	if got, err := b.dir.Accounts().Get(t.Context(), a.ID); err != nil || got.Version != 1 {
		t.Errorf("the account was changed: %+v, %v", got, err)
	}
	if _, err := b.acme.Conflicts().Release(t.Context(), ids[0],
		directory.Replacement{Email: "ann@new.org"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.acme.Conflicts().Release(t.Context(), ids[0],
		directory.Replacement{Email: "ann@newer.org"}); !refusedFor(err, "is free") {
		t.Errorf("again: %v", err)
	}
}

// The text says that the next attempt succeeds only if nobody else holds any of the values.
func TestWhoGaveUpWhatOthersHold(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	a := b.account("ann", "ann@example.com")
	_, ids := b.post(b.acme, user("ann", "x", "ann@example.com"))
	if _, err := b.dir.Accounts().Change(t.Context(), a.ID, nil, setAccountTo(account("ann"))); err != nil {
		t.Fatal(err)
	}
	if _, err := b.acme.Conflicts().Approve(t.Context(), ids[0], "op", ""); !refusedFor(err, "still in use") {
		t.Errorf("the userName is still held: %v", err)
	}
	if err := b.dir.Accounts().Delete(t.Context(), a.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := b.acme.Conflicts().Approve(t.Context(), ids[0], "op", ""); !refusedFor(err, "succeeds") {
		t.Errorf("nothing is held: %v", err)
	}
	b.account("bob", "ann@example.com")
	if _, err := b.acme.Conflicts().Approve(t.Context(), ids[0], "op", ""); !refusedFor(err, "still in use") {
		t.Errorf("another holds the email: %v", err)
	}
}

// An approval is for the account that the operator saw and the provider's record that it was
// given for, even if another record asks for the value.
func TestApprovalsKeepToWhatWasApproved(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	wanted := user("ann@example.com", "x1", "ann@example.com")
	a := b.account("ann@example.com", "ann@example.com")
	_, ids := b.post(b.acme, wanted)
	if _, err := b.acme.Conflicts().Approve(t.Context(), ids[0], "op", "another"); !refusedFor(err, "not by another") {
		t.Errorf("another account: %v", err)
	}
	if _, err := b.acme.Conflicts().Approve(t.Context(), ids[0], "op", a.ID); err != nil {
		t.Fatal(err)
	}
	bob := b.create("bob", "x2", "bob@example.com")
	_, err := b.replace(bob.ID, user("bob", "x2", "ann@example.com"))
	b.recordConflicts(b.acme, err)
	c := b.conflict(ids[0])
	if c.State != directory.ConflictApproved || c.Resource != "" || c.ExternalID != "x1" || c.Attempts != 2 {
		t.Errorf("the approved conflict is %+v", c)
	}
	u, err := b.acme.Users().Create(t.Context(), wanted)
	if err != nil || u.ID != a.ID {
		t.Errorf("the approved request: %+v, %v", u, err)
	}
	b.verify(2)
}

// Recording why an approval is void does not remove a newer approval.
func TestALateNoteKeepsAFreshApproval(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	wanted := user("ann@example.com", "x1", "ann@example.com")
	id := b.approved(b.account("ann@example.com", "ann@example.com"), wanted)
	now = now.Add(directory.ApprovalLife)
	_, late := b.acme.Users().Create(t.Context(), wanted)
	if _, err := b.acme.Conflicts().Approve(t.Context(), id, "op", ""); err != nil {
		t.Fatal(err)
	}
	b.recordConflicts(b.acme, late)
	b.state(id, directory.ConflictApproved)
}

// A page has fewer conflicts if their values are long.
func TestPagesOfLargeConflicts(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for i := range 45 {
		var emails []string
		for j := range 7 {
			emails = append(emails, fmt.Sprintf("%d-%d-%s@example.com", i, j, strings.Repeat("x", 4000)))
		}
		b.account(fmt.Sprint("a", i), emails...)
		b.post(b.acme, user(fmt.Sprint("u", i), "", emails...))
	}
	seen, pages := map[directory.ConflictID]bool{}, 0
	for after, more := directory.ConflictID(""), true; more; more = after != "" {
		page, next, err := b.acme.Conflicts().List(t.Context(), after, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page {
			seen[c.ID] = true
		}
		after = next
		pages++
	}
	if len(seen) != 45 || pages != 2 {
		t.Errorf("%d conflicts in %d pages", len(seen), pages)
	}
}

// A deletion closes the conflicts from before its request, whenever the resource was changed
// last.
func TestADeletionIsAsLateAsItsRequest(t *testing.T) {
	t.Parallel()
	requested := time.Unix(1_800_000_000, 0).UTC()
	before := directory.Image{Doc: `{"userName":"ann"}`, Modified: "2026-01-01T00:00:00.000Z"}
	after := before
	after.DeletedAt = requested.UTC().Format(time.RFC3339)
	after.Log = fmt.Sprintf(`{"t":%d,"r":"r","o":"delete","s":204}`, requested.UnixMilli())
	tr, ok, err := directory.ReadStreamChange("T#acme#USER", "u", &before, &after)
	if !ok || err != nil || !tr.Deleted || !tr.At.Equal(requested) {
		t.Errorf("%+v, %v, %v", tr, ok, err)
	}
}
