package directory_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/testkit/fault"
)

// scanUnits is the budget of the tests, in read units a minute. A scan of the users that
// scanned fills in reads more than six times as much.
const scanUnits = 60

// scanned is a table whose scans have a budget.
func scanned(t *testing.T, wrap func(http.RoundTripper) http.RoundTripper) (*bench, *clock) {
	now, withClock := newClock()
	withBudget := func(o *directory.Options) { o.ScanUnits = scanUnits }
	b := newBench(t, wrap, withClock, withBudget)
	b.fill(60, 30_000)
	return b, now
}

// scan reads all users of a tenant, and returns how long to wait if its budget is used up.
func scan(b *bench, of *directory.Tenant) time.Duration {
	b.Helper()
	err := of.Scan(b.Context(), directory.UserKind, func(context.Context, []directory.Resource) error { return nil })
	if over, ok := errors.AsType[*directory.ScanBudgetError](err); ok {
		return over.Wait
	}
	if err != nil {
		b.Fatal(err)
	}
	return 0
}

// A tenant that has used more than its budget waits until the budget has paid for it.
func TestScanBudget(t *testing.T) {
	t.Parallel()
	b, now := scanned(t, nil)
	if wait := scan(b, b.acme); wait != 0 {
		t.Fatalf("the first scan waits for %v", wait)
	}
	wait := scan(b, b.acme)
	if wait < 2*time.Minute || wait > 10*time.Minute {
		t.Errorf("the second scan waits for %v", wait)
	}
	if _, _, err := b.acme.Skip(t.Context(), directory.UserKind, "", 10); err == nil {
		t.Error("skipping has no budget")
	}
	if wait := scan(b, b.dir.For("other")); wait != 0 {
		t.Errorf("another tenant waits for %v", wait)
	}
	if _, _, err := b.acme.Page(t.Context(), directory.UserKind, "", 10); err != nil {
		t.Errorf("a page by key: %v", err)
	}
	now.now = now.now.Add(wait)
	if wait := scan(b, b.acme); wait != 0 {
		t.Errorf("after the wait, a scan waits for %v more", wait)
	}
}

// A process learns what other processes have used when it counts its own units.
func TestScanBudgetOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	b, now := scanned(t, nil)
	scan(b, b.acme)
	alone := scan(b, b.acme)
	other := onTable(t, b.table, nil, func(o *directory.Options) {
		o.ScanUnits, o.Now = scanUnits, func() time.Time { return now.now }
	})
	if wait := scan(other, other.acme); wait != 0 {
		t.Fatalf("the first scan of a new process waits for %v", wait)
	}
	if both := scan(other, other.acme); both < alone+4*time.Minute {
		t.Errorf("it waits for %v, and the first process alone for %v", both, alone)
	}
}

// Units that could not be counted are counted later.
func TestScanBudgetAfterAFailure(t *testing.T) {
	t.Parallel()
	failing := false
	puts := fault.Rule{Operation: "PutItem", Calls: func(int) bool { return failing }, Fault: fault.Denied}
	b, _ := scanned(t, scripted(puts))
	failing = true
	for range 2 {
		if wait := scan(b, b.acme); wait != 0 {
			t.Fatalf("a scan that cannot be counted waits for %v", wait)
		}
	}
	failing = false
	scan(b, b.acme)
	if wait := scan(b, b.acme); wait < 10*time.Minute {
		t.Errorf("after three scans: %v", wait)
	}
}
