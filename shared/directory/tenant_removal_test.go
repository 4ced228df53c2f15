package directory_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// populate gives a tenant users, groups that share them, and a credential.
func (b *bench) populate(id tenant.ID, users int, now time.Time) {
	b.Helper()
	b.newTenant(id, string(id)+".example")
	b.issue(tenant.Credential{Tenant: id, Kind: tenant.BearerToken})
	t := b.dir.For(id)
	for i := range 60 { // over two days and several partitions of the log
		b.logged(id, fmt.Sprintf("r%d", i), now.Add(-time.Duration(i%2)*24*time.Hour))
	}
	var ids []scim.ID
	for i := range users {
		u, err := t.Users().Create(b.Context(),
			user(fmt.Sprintf("u%d@%s", i, id), fmt.Sprint(i), fmt.Sprintf("m%d@%s", i, id)))
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, u.ID)
	}
	for i := range 30 {
		_, err := t.Users().Create(b.Context(),
			user(fmt.Sprintf("new%d", i), fmt.Sprintf("new%d", i), fmt.Sprintf("m%d@%s", i%users, id)))
		b.recordConflicts(t, err)
	}
	b.traced(id, now)
	b.populateTeam(t, ids[:min(len(ids), directory.MaxTeamEdit)])
	for i := range 3 {
		if _, err := t.Groups().Create(b.Context(),
			group(fmt.Sprintf("g%d", i), ""), directory.MemberEdit{Add: members(ids...)}); err != nil {
			b.Fatal(err)
		}
	}
}

// populateTeam gives a tenant a team of some users.
func (b *bench) populateTeam(t *directory.Tenant, users []scim.ID) {
	b.Helper()
	team, err := t.Teams().Create(b.Context(), "crew")
	if err == nil {
		err = join(b.Context(), t, team.ID, users)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) logged(id tenant.ID, request string, at time.Time) {
	b.Helper()
	err := b.dir.For(id).Log().Put(b.Context(), provlog.Entry{Time: at, Request: request, Status: 409, Name: "ann"})
	if err != nil {
		b.Fatal(err)
	}
}

// items lists the keys of the whole table.
func (b *bench) items() (keys []string) {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(b)})
	if err != nil {
		b.Fatal(err)
	}
	for item, err := range db.Scan(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		keys = append(keys, item.Text("PK")+" / "+item.Text("SK"))
	}
	return keys
}

// remains are the items that stay of tenant acme: the sequence of its events, the last event, and
// until when the id can't be used again.
var remains = []string{"EVENTHEADS#8 / acme", "T#acme#EVENTS#0 / 000000000001", "T#acme#REMOVED / LAST"}

// minutes are the times of most removals here.
var minutes = directory.RemovalTimes{
	Work: time.Minute, Inactive: time.Minute, Deleting: 30 * time.Second, Unused: time.Minute,
}

func TestRemoveTenant(t *testing.T) {
	t.Parallel()
	clock, at := newClock()
	b := newBench(t, nil, at)
	b.populate("globex", 2, clock.now)
	before := len(b.items())
	b.populate("acme", 12, clock.now)
	left, err := b.dir.RemoveTenant(t.Context(), "acme", minutes)
	if err != nil || left.Done || left.Users != 0 || left.Groups != 0 || left.Teams != 0 || left.Wait != time.Minute {
		t.Fatalf("left %+v, %v: it has to wait for requests that are under way", left, err)
	}
	if _, err := b.dir.For("acme").Users().Create(t.Context(), user("late", "")); err != nil { // one of those
		t.Fatal(err)
	}
	b.logged("acme", "late", clock.now)
	clock.now = clock.now.Add(time.Minute)
	if left, err = b.dir.RemoveTenant(t.Context(), "acme", minutes); err != nil || !left.Done {
		t.Fatalf("left %+v, %v", left, err)
	}
	if after := b.items(); len(after) != before+len(remains) {
		t.Errorf("%d items instead of %d: %q", len(after), before+len(remains), after)
	}
	if _, err := b.dir.RemoveTenant(t.Context(), "acme", minutes); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("once more: %v", err)
	}
	clock.now = clock.now.Add(20 * time.Second)
	b.refused("acme", 40*time.Second)
	clock.now = clock.now.Add(40 * time.Second)
	b.newTenant("acme", "acme.example")
}

// refused tries to create a tenant whose id can be used only after a time.
func (b *bench) refused(id tenant.ID, want time.Duration) {
	b.Helper()
	_, err := b.dir.Tenants().CreateTenant(b.Context(), tenant.Tenant{ID: id, Profile: tenant.Okta})
	if removed, ok := errors.AsType[*tenantstore.RemovedError](err); !ok || removed.Wait != want {
		b.Errorf("create: %v, want a wait of %v", err, want)
	}
}

// TestOverlappingRemovals: one call of a removal is in its last steps when another call ends the
// removal. The first one deletes by the id, so no tenant can have the id until it has ended.
func TestOverlappingRemovals(t *testing.T) {
	t.Parallel()
	clock, at := newClock()
	b := newBench(t, nil, at)
	b.newTenant("acme", "acme.example")
	if _, err := b.dir.RemoveTenant(t.Context(), "acme", minutes); err != nil {
		t.Fatal(err)
	}
	clock.now = clock.now.Add(2 * time.Minute)
	fast := func() {
		if left, err := b.dir.RemoveTenant(t.Context(), "acme", minutes); err != nil || !left.Done {
			t.Errorf("left %+v, %v", left, err)
		}
		b.refused("acme", time.Minute)
	}
	slow := onTable(t, b.table, scripted(fault.Rule{ // the first transaction marks the tenant
		Operation: "TransactWriteItems", Calls: fault.Nth(2), Fault: fault.Then(fault.Refused, fast),
	}), at)
	if _, err := slow.dir.RemoveTenant(t.Context(), "acme", minutes); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the slow call: %v", err)
	}
	clock.now = clock.now.Add(time.Minute)
	b.newTenant("acme", "acme.example")
}

// TestRemovalWaitsForTheLog: function changes has read that a suspended tenant exists, and writes its
// log after the removal has deleted it.
func TestRemovalWaitsForTheLog(t *testing.T) {
	t.Parallel()
	clock, at := newClock()
	b := newBench(t, nil, at)
	b.newTenant("acme")
	suspend := func(t *tenant.Tenant) error { t.State = tenant.Suspended; return nil }
	if _, err := b.dir.Tenants().ChangeTenant(t.Context(), "acme", suspend); err != nil {
		t.Fatal(err)
	}
	clock.now = clock.now.Add(time.Hour)
	remove := func(want directory.Remaining) {
		if left, err := b.dir.RemoveTenant(t.Context(), "acme", minutes); err != nil || left != want {
			t.Errorf("left %+v, %v, want %+v", left, err, want)
		}
	}
	late := onTable(t, b.table, scripted(fault.Rule{
		Operation: "BatchWriteItem", Calls: fault.Nth(1), Fault: fault.Then(fault.Refused, func() {
			remove(directory.Remaining{Wait: 30 * time.Second})
		}),
	}), at)
	change, ok, err := directory.ReadStreamChange("T#acme#USER", "2819c223-7f76-453a-919d-413861904646", nil,
		&directory.Image{Doc: `{"userName":"ann"}`, Log: `{"t":1800000000000,"r":"r1","o":"create","s":201}`})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := late.dir.WriteLog(t.Context(), []directory.StreamChange{change}); err != nil {
		t.Fatal(err)
	}
	isLog := func(key string) bool { return strings.HasPrefix(key, "T#acme#LOG#") }
	if !slices.ContainsFunc(b.items(), isLog) {
		t.Fatal("the entry was not written after the removal had deleted the log")
	}
	clock.now = clock.now.Add(30 * time.Second)
	remove(directory.Remaining{Done: true})
	if diff := cmp.Diff(remains, b.items(), cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("left behind: %s", diff)
	}
}

// TestRemovalResumes gives each call little time, and lets some calls fail.
func TestRemovalResumes(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper {
		return fault.Script(next, fault.Rule{Calls: fault.Randomly(1, 0.05), Fault: fault.LostResponse})
	})
	b.populate("acme", testkit.Size(40, 25), time.Now())
	steps, work := 0, 4*time.Millisecond
	for left := (directory.Remaining{}); !left.Done; steps++ {
		var err error
		times := directory.RemovalTimes{Work: work}
		work += work / 2 // a fast machine needs several steps, and a slow one ends
		if left, err = b.dir.RemoveTenant(t.Context(), "acme", times); err != nil {
			t.Log(err)
		}
		if steps > 100 {
			t.Fatalf("it does not end: %+v", left)
		}
	}
	if diff := cmp.Diff(remains, b.items(), cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("left behind: %s", diff)
	}
	if steps < 3 {
		t.Errorf("%d steps are no test of resuming", steps)
	}
}
