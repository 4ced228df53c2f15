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

// settle tells the ledger of requests of tenant acme that succeeded.
func (b *bench) settle(all ...directory.Provisioned) (calls int) {
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
	if calls := b.settle(all...); calls != 1 {
		t.Errorf("%d calls for a tenant without conflicts", calls)
	}
	b.account("ann", "a@x.org")
	_, ids := b.post(b.acme, user("zoe", "", "a@x.org"))
	b.settle(all[1:]...)
	b.state(ids[0], directory.ConflictOpen)
	b.settle(all...)
	b.state(ids[0], directory.ConflictClosed)
}

// A conflict that another record of the provider has lost since is not settled by the
// success of the first.
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
	b.settle(renamed("x1"))
	b.state(ids[0], directory.ConflictOpen)
	b.settle(renamed("x2"))
	b.state(ids[0], directory.ConflictClosed)
}

// A conflict of a change is settled by that user alone: when it gets the value, takes
// another, or is deleted.
func TestOthersSettleNoChange(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	b := newBench(t, nil, at(&now))
	a, bob := b.create("ann", "x1", "a@x.org"), b.create("bob", "x2")
	_, err := b.replace(bob.ID, user("bob", "x2", "a@x.org"))
	id := b.note(b.acme, err)[0]
	b.settle(directory.Provisioned{Kind: directory.UserKind, ID: a.ID, Old: a.Doc, New: a.Doc, At: now})
	b.state(id, directory.ConflictOpen)
	b.settle(directory.Provisioned{Kind: directory.UserKind, ID: a.ID, At: now})
	b.state(id, directory.ConflictOpen)
	b.settle(directory.Provisioned{Kind: directory.UserKind, ID: bob.ID, At: now})
	b.state(id, directory.ConflictClosed)
}

// What finds a conflict lives as long as the conflict.
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

// A count whose answer is lost is not made again.
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
