package directory_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// leaver creates a deactivated user, and the conflict of a new hire who gets the same address.
func (b *bench) leaver() (directory.User, directory.ConflictID) {
	b.Helper()
	left := b.create("ann@x.org", "1", "ann@x.org", "ann@home.org")
	b.group("staff", left.ID)
	b.activate(left.ID, false)
	_, ids := b.post(b.acme, user("ann@x.org", "2", "ann@x.org"))
	return left, ids[0]
}

// activate sets active as the provider does.
func (b *bench) activate(id scim.ID, active bool) {
	b.Helper()
	_, err := b.acme.Users().Replace(b.Context(), id, nil, func(u directory.User) (directory.Content, error) {
		rest := u.Doc.Without("active").Members()
		return directory.Content{
			Doc: scim.Map(append(rest, scim.Member{Name: "active", Value: scim.Boolean(active)})...),
		}, nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// The deactivation of the holder resolves nothing: an operator can release the value then.
func TestDeactivationClosesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	left, id := b.leaver()
	later := directory.Provisioned{
		Kind: directory.UserKind, ID: left.ID, Old: left.Doc, At: time.Now().Add(time.Minute),
	}
	later.New = scim.Map(append(left.Doc.Without("active").Members(),
		scim.Member{Name: "active", Value: scim.Boolean(false)})...)
	b.closeConflicts(later)
	b.state(id, directory.ConflictOpen)
	later.New = later.New.Without("active")
	b.closeConflicts(later)
	b.state(id, directory.ConflictClosed)
}

// An inactive user who gets the value resolves the conflict: only the holder's deactivation does not.
func TestInactiveNewcomerCloses(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	left, id := b.leaver()
	b.closeConflicts(directory.Provisioned{
		Kind: directory.UserKind, ID: "another", At: time.Now().Add(time.Minute),
		New: scim.Map(append(left.Doc.Without("active").Members(),
			scim.Member{Name: "active", Value: scim.Boolean(false)})...),
	})
	b.state(id, directory.ConflictClosed)
}

// A new hire gets a leaver's address: the deactivated user gives it up, and keeps the rest.
func TestReleaseByADeactivatedUser(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	left, id := b.leaver()
	if c, err := b.acme.Conflicts().Refresh(t.Context(), b.conflict(id)); err != nil ||
		options(c) != "release(userName or email) delete dismiss" {
		t.Errorf("%s, %v", options(c), err)
	}
	if _, err := b.acme.Conflicts().Release(t.Context(), id,
		directory.Replacement{}); !refusedFor(err, "choose another") {
		t.Errorf("without another userName: %v", err)
	}
	c, err := b.acme.Conflicts().Release(t.Context(), id, directory.Replacement{UserName: "ann.left"})
	if err != nil || c.State != directory.ConflictFreed {
		t.Errorf("%s, %v", c.State, err)
	}
	u, err := b.acme.Users().Get(t.Context(), left.ID)
	if err != nil || u.Doc.Get("userName").Text() != "ann.left" ||
		!strings.Contains(u.Doc.JSON(), `"emails":[{"value":"ann@home.org"}]`) {
		t.Errorf("%s, %v", u.Doc.JSON(), err)
	}
	if groups, err := b.acme.Groups().IDsOf(t.Context(), left.ID, "", 0); err != nil || len(groups) != 1 {
		t.Errorf("%v, %v", groups, err)
	}
	if hired := b.create("ann@x.org", "2", "ann@x.org"); hired.ID == left.ID {
		t.Error("the new hire has the leaver's id")
	}
	b.verify(2)
}

// The deactivated user is deleted, with its memberships.
func TestDeletionOfADeactivatedUser(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	left, id := b.leaver()
	if c, err := b.acme.Conflicts().DeleteHolder(t.Context(), id, left.ID); err != nil ||
		c.State != directory.ConflictFreed {
		t.Errorf("%s, %v", c.State, err)
	}
	hired := b.create("ann@x.org", "2", "ann@x.org")
	if groups, err := b.acme.Groups().IDsOf(t.Context(), hired.ID, "", 0); err != nil || len(groups) != 0 {
		t.Errorf("the new hire is in %v, %v", groups, err)
	}
	b.verify(1)
}

// An active user keeps its values, and the error says what to do instead.
func TestActiveUsersLoseNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	left, id := b.leaver()
	b.activate(left.ID, true)
	if c, err := b.acme.Conflicts().Refresh(t.Context(), b.conflict(id)); err != nil || options(c) != "dismiss" {
		t.Errorf("%s, %v", options(c), err)
	}
	b.keeps(left.ID, id)
}

// keeps fails the test if a conflict can be resolved against its holder, who is active.
func (b *bench) keeps(holder scim.ID, id directory.ConflictID) {
	b.Helper()
	const why = "only a deactivated user"
	if _, err := b.acme.Conflicts().Release(b.Context(), id,
		directory.Replacement{UserName: "ann.left"}); !refusedFor(err, why) {
		b.Errorf("release: %v", err)
	}
	if _, err := b.acme.Conflicts().DeleteHolder(b.Context(), id, holder); !refusedFor(err, why) {
		b.Errorf("delete: %v", err)
	}
	b.verify(1)
}

// hook calls a function once, before the first write after it was set.
type hook struct {
	next http.RoundTripper
	call func()
}

func (h *hook) RoundTrip(r *http.Request) (*http.Response, error) {
	target := r.Header.Get("X-Amz-Target")
	write := strings.HasSuffix(target, ".UpdateItem") || strings.HasSuffix(target, ".TransactWriteItems")
	if call := h.call; call != nil && write {
		h.call = nil
		call()
	}
	return h.next.RoundTrip(r)
}

// If the provider activates the user between the read and the write, the condition on the
// version fails.
func TestActivatedInFrontOfTheWrite(t *testing.T) {
	t.Parallel()
	h := &hook{}
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper { h.next = next; return h })
	left, id := b.leaver()
	activate := func() { b.activate(left.ID, true) }
	h.call = activate
	if _, err := b.acme.Conflicts().Release(t.Context(), id,
		directory.Replacement{UserName: "ann.left"}); !refusedFor(err, "only a deactivated user") {
		t.Errorf("release: %v", err)
	}
	b.activate(left.ID, false)
	h.call = activate
	if _, err := b.acme.Conflicts().DeleteHolder(t.Context(), id, left.ID); !refusedFor(err, "was changed just now") {
		t.Errorf("delete: %v", err)
	}
	if h.call != nil {
		t.Error("nothing was written")
	}
	b.keeps(left.ID, id)
}
