package directory_test

import (
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
)

// options are the available resolutions, and what a release requires.
func options(c directory.Conflict) string {
	var open []string
	for _, o := range c.Options("acme") {
		if o.Unavailable != "" {
			continue
		}
		text := string(o.Resolution)
		if o.Needs != "" {
			text += "(" + o.Needs + ")"
		}
		open = append(open, text)
	}
	return strings.Join(open, " ")
}

// The options that are shown as available succeed.
func TestOptions(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	b.account("ann@x.org", "ann@x.org", "ann@y.org")
	own := b.create("bob", "")
	_, ids := b.post(b.acme, user("ann@x.org", "1", "ann@x.org"))
	both := ids[0]
	_, ids = b.post(b.acme, user("zoe", "2", "ann@y.org"))
	mail := ids[0]
	_, ids = b.post(b.acme, user("ann@x.org", "3"))
	name := ids[0]
	_, ids = b.post(b.acme, user("bob", "4"))
	user4 := ids[0]
	_, err := b.replace(own.ID, user("bob", "", "ann@y.org"))
	b.recordConflicts(b.acme, err)
	for _, tt := range []struct {
		of   directory.ConflictID
		want string
	}{
		{both, "connect release(userName or email) delete dismiss"},
		{mail, "release delete dismiss"}, // of a change by now
		{name, "release(userName) delete dismiss"},
		{user4, "dismiss"},
	} {
		if got := options(b.conflict(tt.of)); got != tt.want {
			t.Errorf("%+v\ncan be resolved by %s, want %s", b.conflict(tt.of), got, tt.want)
		}
	}
	if _, err := b.acme.Conflicts().Approve(t.Context(), both, "op", ""); err != nil {
		t.Fatal(err)
	}
	c := b.conflict(both)
	late := c.AsOf(now.Add(directory.ApprovalLife))
	if late.State != directory.ConflictOpen || !strings.Contains(late.Outcome, "expired") ||
		c.AsOf(now).State != directory.ConflictApproved {
		t.Errorf("after its end the approval is %+v", late)
	}
	if _, err := b.acme.Conflicts().Release(t.Context(), mail, directory.Replacement{}); err != nil {
		t.Fatal(err)
	}
	if got := options(b.conflict(mail)); got != "dismiss" {
		t.Errorf("once the value is free: %s", got)
	}
	if _, err := b.acme.Conflicts().Dismiss(t.Context(), mail, "op"); err != nil ||
		options(b.conflict(mail)) != "release delete" {
		t.Errorf("dismissed: %v, %s", err, options(b.conflict(mail)))
	}
	b.closes(directory.Provisioned{Kind: directory.UserKind, ID: "u", New: user("zed", "1").Doc, At: now}, both,
		directory.ConflictClosed)
	if got := options(b.conflict(both)); got != "" {
		t.Errorf("closed: %s", got)
	}
	before := b.accountDoc("ann@x.org")
	if _, err := b.acme.Conflicts().Release(t.Context(), both,
		directory.Replacement{Email: "new@x.org"}); !refusedFor(err, "closed") || b.accountDoc("ann@x.org") != before {
		t.Errorf("release of a closed conflict: %v", err)
	}
	if _, err := b.acme.Conflicts().DeleteHolder(t.Context(), both,
		b.conflict(both).Holder.ID); !refusedFor(err, "closed") || b.accountDoc("ann@x.org") != before {
		t.Errorf("deletion for a closed conflict: %v", err)
	}
}

func (b *bench) accountDoc(name string) string {
	b.Helper()
	a, err := b.dir.Accounts().ByName(b.Context(), name)
	if err != nil {
		b.Fatal(err)
	}
	return a.Doc.JSON()
}
