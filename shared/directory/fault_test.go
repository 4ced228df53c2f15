package directory_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

var seed = flag.Uint64("seed", 1, "seed of the random histories")

// hold is how long a write occupies its items in item-lock mode.
func hold() time.Duration { return 10*time.Millisecond + rand.N(10*time.Millisecond) }

func itemLocks(next http.RoundTripper) http.RoundTripper { return fault.ItemLocks(next, hold) }

func scripted(rules ...fault.Rule) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper { return fault.Script(next, rules...) }
}

func TestTransientFaultsAreRetried(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"TransactWriteItems", "UpdateItem", "GetItem", "Query"} {
		for name, f := range map[string]fault.Fault{
			"throttled":     fault.Throttled,
			"throughput":    fault.ThroughputExceeded,
			"HTTP 500":      fault.InternalError,
			"lost response": fault.LostResponse,
			"refused":       fault.Refused,
			"conflict":      fault.Cancelled("None", "TransactionConflict"),
			"tx throttled":  fault.Cancelled("ThrottlingError"),
		} {
			t.Run(operation+"/"+name, func(t *testing.T) {
				b := newBench(t,
					scripted(fault.Rule{Operation: operation, Calls: func(n int) bool { return n%3 != 0 }, Fault: f}))
				ctx, meter := table.WithMeter(t.Context())
				u := b.create("ann", "x", "ann@example.com")
				for i, c := range []directory.Content{
					user("ann", "x", "ANN@example.com"), user("bob", "y", "bob@example.com"),
				} {
					changed, err := b.acme.Users().Replace(ctx, u.ID, nil, setTo(c))
					if err != nil || changed.Version != int64(i+2) {
						t.Fatalf("change %d: version %d, %v", i, changed.Version, err)
					}
				}
				if n, err := b.acme.Count(ctx, directory.UserKind); n != 1 || err != nil {
					t.Errorf("count %d, %v", n, err)
				}
				b.verify(1)
				if meter.Usage().Retries == 0 {
					t.Error("the fault never struck")
				}
				if err := b.acme.Users().Delete(ctx, u.ID, nil); err != nil {
					t.Error(err)
				}
				b.verify(0)
			})
		}
	}
}

// If the answer to a delete is lost and its retry is throttled, a later retry still shows that
// the delete succeeded: all retries have the same token.
func TestLostAnswerThenThrottled(t *testing.T) {
	t.Parallel()
	b := newBench(t, scripted(
		fault.Rule{Operation: "TransactWriteItems", Calls: fault.Nth(2), Fault: fault.LostResponse},
		fault.Rule{Operation: "TransactWriteItems", Calls: fault.Nth(3), Fault: fault.Throttled},
		fault.Rule{
			Operation: "TransactWriteItems", Calls: fault.Nth(4), Fault: fault.Cancelled("TransactionConflict"),
		}))
	u := b.create("ann", "")
	if err := b.acme.Users().Delete(t.Context(), u.ID, nil); err != nil {
		t.Errorf("the delete was carried out, but: %v", err)
	}
	b.verify(0)
}

// A transaction that fails by a conflict and by a condition is not retried: the condition
// decides.
func TestConditionBesideConflictDecides(t *testing.T) {
	t.Parallel()
	b := newBench(t,
		scripted(fault.Rule{
			Operation: "TransactWriteItems",
			Fault:     fault.Cancelled("None", "ConditionalCheckFailed", "TransactionConflict"),
		}))
	ctx, meter := table.WithMeter(t.Context())
	_, err := b.acme.Users().Create(ctx, user("ann", "", "ann@example.com"))
	if fmt.Sprint(taken(err)) != "[userName=ann]" {
		t.Errorf("%v", err)
	}
	if meter.Usage().Calls != 1 {
		t.Errorf("%d calls", meter.Usage().Calls)
	}
}

func TestUnavailableWithinTheBudget(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fault.Fault{
		"conflicts": fault.Cancelled("TransactionConflict"), "throttled": fault.Throttled, "down": fault.Refused,
	} {
		b := newBench(t, scripted(fault.Rule{Fault: f}), budget(200*time.Millisecond))
		for what, err := range map[string]error{
			"create": second(b.acme.Users().Create(t.Context(), user("ann", ""))),
			"read":   second(b.acme.Users().Get(t.Context(), "x")),
			"delete": b.acme.Users().Delete(t.Context(), "x", nil),
		} {
			if !errors.Is(err, directory.ErrUnavailable) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

func TestParallelCreatesOfOneName(t *testing.T) { // P-3.3-14
	b := newBench(t, itemLocks)
	const n = 40
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = second(b.acme.Users().Create(t.Context(), user("ann", "", "ann@example.com"))) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case len(taken(err)) == 0:
			t.Errorf("a loser got %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d created the user", won, n)
	}
	b.verify(1)
}

// Changes of one user without a version all take effect; of those with the same
// version exactly one does.
func TestParallelReplaces(t *testing.T) { // P-3.14-9
	b := newBench(t, itemLocks)
	u := b.create("ann", "")
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 10 {
		wg.Go(func() {
			c := user(fmt.Sprint("ann", i), "")
			_, err := b.acme.Users().Replace(t.Context(), u.ID, func(v int64) bool { return v == 1 },
				setTo(c))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, directory.ErrVersion) {
				t.Errorf("a loser got %v", err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d of 10 changes of version 1 succeeded", won)
	}
	b.verify(1)
}

// TestRandomHistories runs creates, renames, changes of email and deletes over a
// few names in parallel, with all faults, and checks that each user has its claims, each
// claim has its user, and the counters agree.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper {
		return fault.Script(fault.ItemLocks(next, hold),
			fault.Rule{Calls: fault.Randomly(*seed, 0.02), Fault: fault.LostResponse},
			fault.Rule{Calls: fault.Randomly(*seed+1, 0.02), Fault: fault.Throttled},
			fault.Rule{Calls: fault.Randomly(*seed+2, 0.02), Fault: fault.InternalError})
	})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() { b.history(rand.New(rand.NewPCG(*seed, uint64(worker))), testkit.Size(30, 15)) })
	}
	wg.Wait()
	report := Verify(t, b.table)
	t.Logf("seed %d: %d users, %d claims", *seed, report.Users, report.Claims)
}

func (b *bench) history(r *rand.Rand, steps int) {
	var mine []scim.ID
	for range steps {
		c := user(fmt.Sprint("user", r.IntN(6)), fmt.Sprint(r.IntN(3)), fmt.Sprint(r.IntN(6), "@example.com"),
			fmt.Sprint(r.IntN(6), "@example.com"))
		var err error
		switch op := r.IntN(4); {
		case op < 2 || len(mine) == 0:
			var u directory.User
			if u, err = b.acme.Users().Create(b.Context(), c); err == nil {
				mine = append(mine, u.ID)
			}
		case op == 2:
			_, err = b.replace(mine[r.IntN(len(mine))], c)
		default:
			i := r.IntN(len(mine))
			err = b.acme.Users().Delete(b.Context(), mine[i], nil)
			mine = append(mine[:i], mine[i+1:]...)
		}
		if err != nil && len(taken(err)) == 0 {
			b.Errorf("unexpected: %v", err)
		}
	}
}

// A write whose value is taken fails at the first attempt, without retries.
func TestLoserOfAConflictGivesUp(t *testing.T) {
	t.Parallel()
	b := newBench(t,
		scripted(fault.Rule{
			Operation: "TransactWriteItems", Calls: func(n int) bool { return n > 1 },
			Fault: fault.Cancelled("None", "TransactionConflict"),
		}))
	b.create("ann", "")
	ctx, meter := table.WithMeter(t.Context())
	if _, err := b.acme.Users().Create(ctx, user("ANN", "")); fmt.Sprint(taken(err)) != "[userName=ANN]" {
		t.Errorf("%v", err)
	}
	if u := meter.Usage(); u.Calls != 3 || u.Conflicts != 1 { // the claim, and its holder
		t.Errorf("%+v", u)
	}
	b.verify(1)
}
