package directory_test

import (
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// closeConflicts closes the conflicts that successful requests of tenant acme resolve.
func (b *bench) closeConflicts(all ...directory.Provisioned) (calls int) {
	b.Helper()
	traces := make([]directory.StreamChange, len(all))
	for i, p := range all {
		traces[i] = directory.StreamChange{Provisioned: p, Tenant: "acme", Deleted: p.New.IsEmpty()}
	}
	ctx, usage := directory.WithMeter(b.Context())
	if err := b.dir.CloseConflicts(ctx, traces); err != nil {
		b.Fatal(err)
	}
	return usage().Calls
}

// A tenant without conflicts costs one call, however many requests it has made.
func TestSettlingCostsLittle(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	var all []directory.Provisioned
	for _, name := range []string{"a", "b", "c"} {
		all = append(all,
			directory.Provisioned{Kind: directory.UserKind, ID: "u", New: user(name, "x", name+"@x.org").Doc, At: now})
	}
	if calls := b.closeConflicts(all...); calls != 1 {
		t.Errorf("%d calls for a tenant without conflicts", calls)
	}
	b.account("ann", "a@x.org")
	_, ids := b.post(b.acme, user("zoe", "", "a@x.org"))
	b.closeConflicts(all[1:]...)
	b.state(ids[0], directory.ConflictOpen)
	b.closeConflicts(all...)
	b.state(ids[0], directory.ConflictClosed)
}

// A conflict with a later attempt of another provider record stays open when the first record
// succeeds.
func TestOneOfTwoRecordsSucceeds(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	b.account("ann", "a@x.org")
	_, ids := b.post(b.acme, user("one", "x1", "a@x.org"))
	b.post(b.acme, user("two", "x2", "a@x.org"))
	renamed := func(externalID string) directory.Provisioned {
		return directory.Provisioned{Kind: directory.UserKind, ID: "u", New: user("other", externalID).Doc, At: now}
	}
	b.closeConflicts(renamed("x1"))
	b.state(ids[0], directory.ConflictOpen)
	b.closeConflicts(renamed("x2"))
	b.state(ids[0], directory.ConflictClosed)
}

// A conflict about a change is closed only by that user: when it gets the value, gets another
// value, or is deleted.
func TestOthersSettleNoChange(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	a, bob := b.create("ann", "x1", "a@x.org"), b.create("bob", "x2")
	_, err := b.replace(bob.ID, user("bob", "x2", "a@x.org"))
	id := b.recordConflicts(b.acme, err)[0]
	b.closeConflicts(directory.Provisioned{Kind: directory.UserKind, ID: a.ID, Old: a.Doc, New: a.Doc, At: now})
	b.state(id, directory.ConflictOpen)
	b.closeConflicts(directory.Provisioned{Kind: directory.UserKind, ID: a.ID, At: now})
	b.state(id, directory.ConflictOpen)
	b.closeConflicts(directory.Provisioned{Kind: directory.UserKind, ID: bob.ID, At: now})
	b.state(id, directory.ConflictClosed)
}

// The index entry of a conflict lives as long as the conflict.
func TestIndexOfConflictsLives(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	b.account("ann", "a@x.org")
	for range 3 {
		b.post(b.acme, user("one", "x1", "a@x.org"))
		now = now.Add(50 * 24 * time.Hour)
	}
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string]int64{}
	for item, err := range db.Scan(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if kind := strings.Split(item.Text("PK")+"##", "#")[2]; strings.HasPrefix(kind, "CONFLICT") {
			ends[kind] = item.Int("expires")
		}
	}
	if len(ends) != 2 || ends["CONFLICTOF"] < ends["CONFLICT"] || ends["CONFLICT"] < now.Unix() {
		t.Errorf("the items end at %v, and it is %d", ends, now.Unix())
	}
}

// An attempt is counted once, even if the answer to the write is lost.
func TestCountsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t,
		scripted(fault.Rule{
			Operation: "UpdateItem", Calls: func(n int) bool { return n%2 == 1 }, Fault: fault.LostResponse,
		}))
	b.account("ann", "a@x.org")
	for n := range 3 {
		_, ids := b.post(b.acme, user("one", "x1", "a@x.org"))
		if c := b.conflict(ids[0]); c.Attempts != n+1 {
			t.Errorf("%d attempts are %d", n+1, c.Attempts)
		}
	}
}
