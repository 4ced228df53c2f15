package directory_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
)

// post creates a user as a provider does, and records the conflicts.
func (b *bench) post(t *directory.Tenant, c directory.Content) (directory.User, []directory.ConflictID) {
	b.Helper()
	u, err := t.Users().Create(b.Context(), c)
	return u, b.recordConflicts(t, err)
}

// recordConflicts records the conflicts of a *TakenError, and fails the test on other errors.
func (b *bench) recordConflicts(t *directory.Tenant, err error) []directory.ConflictID {
	b.Helper()
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*directory.TakenError](err)
	if !ok {
		b.Fatal(err)
	}
	ids, err := t.Conflicts().Record(b.Context(), e)
	if err != nil {
		b.Fatal(err)
	}
	return ids
}

func (b *bench) conflict(id directory.ConflictID) directory.Conflict {
	b.Helper()
	c, err := b.acme.Conflicts().Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func (b *bench) state(id directory.ConflictID, want directory.ConflictState) {
	b.Helper()
	if c := b.conflict(id); c.State != want {
		b.Errorf("the conflict is %s (%s), want %s", c.State, c.Outcome, want)
	}
}

// at returns an option that lets the test move the time.
func at(now *time.Time) func(*directory.Options) {
	return func(o *directory.Options) { o.Now = func() time.Time { return *now } }
}

func TestConflictsAreCounted(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	a := b.account("ann@example.com", "ann@example.com")
	first := now
	for n := range 3 {
		now = first.Add(time.Duration(n) * time.Hour)
		_, ids := b.post(b.acme, user("ANN@example.com", "x1", "other@example.com", "Ann@Example.com"))
		if len(ids) != 2 || ids[0] != ids[1] {
			t.Fatalf("conflicts %v", ids)
		}
		c := b.conflict(ids[0])
		want := []directory.TakenValue{
			{Attribute: "emails.value", Value: "Ann@Example.com"},
			{Attribute: "userName", Value: "ANN@example.com"},
		}
		if c.Attempts != n+1 || !c.First.Equal(first) || !c.Last.Equal(now) || c.State != directory.ConflictOpen ||
			!slices.Equal(c.Values, want) ||
			c.Holder.ID != a.ID || c.HolderKind("acme") != "account" || c.ExternalID != "x1" ||
			c.Name != "ANN@example.com" || c.WithoutEmail() {
			t.Errorf("attempt %d: %+v", n+1, c)
		}
	}
	page, next, err := b.acme.Conflicts().List(t.Context(), "", 10)
	if len(page) != 1 || next != "" || err != nil {
		t.Errorf("the list is %v, %q, %v", page, next, err)
	}
	if others, _, _ := b.dir.For("globex").Conflicts().List(t.Context(), "", 10); len(others) != 0 {
		t.Errorf("another tenant has %v", others)
	}
}

// Each holder has a conflict of its own, which names the kind of the holder.
func TestHoldersOfConflicts(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.account("ann")
	own := b.create("bob", "", "bob@example.com")
	if _, err := b.dir.For("globex").Users().Create(t.Context(), user("carl", "", "carl@example.com")); err != nil {
		t.Fatal(err)
	}
	staff := b.group("staff")
	_, ids := b.post(b.acme, user("ann", "x", "bob@example.com", "carl@example.com"))
	for i, want := range []string{"account", "user", "elsewhere"} {
		if c := b.conflict(ids[i]); c.HolderKind("acme") != want || len(c.Values) != 1 {
			t.Errorf("conflict %d is held by %s: %+v", i, c.HolderKind("acme"), c)
		}
	}
	_, err := b.acme.Groups().Create(t.Context(), group("STAFF", ""), directory.MemberEdit{})
	c := b.conflict(b.recordConflicts(b.acme, err)[0])
	if c.HolderKind("acme") != "group" || c.Holder.ID != staff.ID || c.Kind != directory.GroupKind {
		t.Errorf("the group's conflict is %+v", c)
	}
	_, err = b.replace(own.ID, user("bob", "", "carl@example.com"))
	if c = b.conflict(b.recordConflicts(b.acme, err)[0]); c.Resource != own.ID {
		t.Errorf("the conflict of a change is %+v", c)
	}
}

func TestConflictsClose(t *testing.T) {
	t.Parallel()
	for what, retry := range map[string]directory.Content{
		"the same values":             user("ann2", "", "ann@example.com"),
		"another name, same external": user("anna", "x1", "anna@example.com"),
	} {
		t.Run(what, func(t *testing.T) {
			now := time.Unix(1_800_000_000, 0).UTC()
			b := newBench(t, nil, at(&now))
			a := b.account("ann", "ann@example.com")
			_, ids := b.post(b.acme, user("ann2", "x1", "ann@example.com"))
			if err := b.dir.Accounts().Delete(t.Context(), a.ID, nil); err != nil {
				t.Fatal(err)
			}
			now = now.Add(time.Second)
			u, err := b.acme.Users().Create(t.Context(), retry)
			if err != nil {
				t.Fatal(err)
			}
			b.closes(directory.Provisioned{Kind: directory.UserKind, ID: u.ID, New: u.Doc, At: now.Add(-time.Minute)},
				ids[0], directory.ConflictOpen)
			b.closes(directory.Provisioned{Kind: directory.UserKind, ID: u.ID, New: u.Doc, At: now}, ids[0],
				directory.ConflictClosed)
			now = now.Add(time.Second)
			_, ids = b.post(b.dir.For("globex"), user("zoe", "", "ann@example.com", "anna@example.com"))
			if c, err := b.dir.For("globex").Conflicts().Get(t.Context(), ids[0]); err != nil ||
				c.HolderKind("globex") != "elsewhere" {
				t.Errorf("the other tenant's conflict is %+v, %v", c, err)
			}
		})
	}
}

// closes closes conflicts after a success, and checks the state of one of them.
func (b *bench) closes(p directory.Provisioned, id directory.ConflictID, want directory.ConflictState) {
	b.Helper()
	if err := b.acme.Conflicts().CloseResolved(b.Context(), p); err != nil {
		b.Fatal(err)
	}
	b.state(id, want)
}

// A conflict about a change is closed when the user gets other values, not by any change.
func TestConflictOfAChangeCloses(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	b.account("ann", "ann@example.com")
	u := b.create("bob", "x1", "bob@example.com")
	_, err := b.replace(u.ID, user("bob", "x1", "ann@example.com"))
	id := b.recordConflicts(b.acme, err)[0]
	p := directory.Provisioned{Kind: directory.UserKind, ID: u.ID, Old: u.Doc, New: u.Doc, At: now}
	b.closes(p, id, directory.ConflictOpen)
	p.New, p.At = user("bob", "x1", "bob2@example.com").Doc, now
	now = now.Add(time.Hour)
	b.closes(p, id, directory.ConflictClosed)
	_, err = b.replace(u.ID, user("bob", "x1", "ann@example.com"))
	b.recordConflicts(b.acme, err)
	b.state(id, directory.ConflictOpen)
	if c := b.conflict(id); c.Attempts != 1 || !c.First.Equal(now) {
		t.Errorf("it begins anew as %+v", c)
	}
}

func TestDismissedConflictsStayDismissed(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	a := b.account("ann", "ann@example.com")
	wanted := user("ann2", "x1", "ann@example.com")
	_, ids := b.post(b.acme, wanted)
	c, err := b.acme.Conflicts().Dismiss(t.Context(), ids[0], "op")
	if err != nil || c.State != directory.ConflictDismissed || !strings.Contains(c.Outcome, "op") {
		t.Fatalf("dismissed: %+v, %v", c, err)
	}
	b.post(b.acme, wanted)
	if c := b.conflict(ids[0]); c.State != directory.ConflictDismissed || c.Attempts != 2 {
		t.Errorf("lost again: %+v", c)
	}
	if err := b.dir.Accounts().Delete(t.Context(), a.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.account("else", "ann@example.com")
	b.post(b.acme, wanted)
	b.state(ids[0], directory.ConflictOpen)
}

func TestRelease(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what    string
		with    directory.Replacement
		refused string
		name    string
		emails  int
	}{
		{"no other username", directory.Replacement{}, "choose another", "ann@example.com", 2},
		{"another email for both", directory.Replacement{Email: "ann@new.org"}, "", "ann@new.org", 2},
		{"another username, no email", directory.Replacement{UserName: "ann-old"}, "", "ann-old", 1},
		{"taken email", directory.Replacement{Email: "bob@example.com"}, "taken", "ann@example.com", 2},
	} {
		t.Run(tt.what, func(t *testing.T) {
			b := newBench(t, nil)
			a := b.account("ann@example.com", "ann@example.com", "ann@home.org")
			b.create("bob", "", "bob@example.com")
			wanted := user("ann@example.com", "x1", "ann@example.com")
			_, ids := b.post(b.acme, wanted)
			_, err := b.acme.Conflicts().Release(t.Context(), ids[0], tt.with)
			if (err != nil) != (tt.refused != "") || err != nil && !strings.Contains(err.Error(), tt.refused) {
				t.Fatalf("the error is %v", err)
			}
			got, readErr := b.dir.Accounts().Get(t.Context(), a.ID)
			if readErr != nil || got.Doc.Get("userName").Text() != tt.name ||
				len(got.Doc.Get("emails").Items()) != tt.emails || !got.HasVerified("ann@home.org") {
				t.Errorf("the account is %s, %v", got.Doc.JSON(), readErr)
			}
			users := 1
			if err == nil {
				b.state(ids[0], directory.ConflictFreed)
				b.post(b.acme, wanted)
				users = 2
			}
			b.verify(users)
		})
	}
}

// A value that no account holds can't be released, connected or deleted, and the reason says
// what to do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.account("ann", "ann@example.com")
	own := b.create("bob", "", "bob@example.com")
	if _, err := b.dir.For("globex").Users().Create(t.Context(), user("carl", "", "carl@example.com")); err != nil {
		t.Fatal(err)
	}
	_, ids := b.post(b.acme, user("ann", "x", "bob@example.com", "carl@example.com"))
	_, err := b.replace(own.ID, user("bob", "", "ann@example.com"))
	change := b.recordConflicts(b.acme, err)[0]
	for id, why := range map[directory.ConflictID]string{
		ids[0]: "username alone", ids[1]: string(own.ID), ids[2]: "globex", change: "two ids",
	} {
		if _, err := b.acme.Conflicts().Approve(t.Context(), id, "op", ""); !refusedFor(err, why) {
			t.Errorf("approve: %v, want %s", err, why)
		}
	}
	for id, why := range map[directory.ConflictID]string{
		ids[1]: "only a deactivated user", ids[2]: "another tenant holds",
	} {
		if _, err := b.acme.Conflicts().Release(t.Context(), id,
			directory.Replacement{Email: "x@example.com"}); !refusedFor(err, why) {
			t.Errorf("release: %v", err)
		}
		if _, err := b.acme.Conflicts().DeleteHolder(t.Context(), id, b.conflict(id).Holder.ID); !refusedFor(err, why) {
			t.Errorf("delete: %v", err)
		}
	}
	for _, id := range []directory.ConflictID{"none", "", "a#b"} {
		if _, err := b.acme.Conflicts().Approve(t.Context(), id, "op", ""); !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("conflict %q: %v", id, err)
		}
	}
	if _, err := b.acme.Conflicts().DeleteHolder(t.Context(), change, own.ID); !refusedFor(err, "not by") {
		t.Errorf("delete another: %v", err)
	}
	if _, err := b.acme.Conflicts().DeleteHolder(t.Context(), change, b.conflict(change).Holder.ID); err != nil {
		t.Error(err)
	}
	if _, err := b.replace(own.ID, user("bob", "", "ann@example.com")); err != nil {
		t.Errorf("after the deletion: %v", err)
	}
}

func refusedFor(err error, why string) bool {
	e, ok := errors.AsType[*directory.ResolutionError](err)
	return ok && strings.Contains(e.Reason, why)
}
