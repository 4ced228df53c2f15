package directory_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// unfinished makes a group of the first two users, and commits a change that adds the others
// and removes the first. The change takes three steps, and none is carried out. The group is
// returned as a reader then finds it. The rules are further faults.
func (b *bench) unfinished(name string, ids []scim.ID, rules ...fault.Rule) directory.Group {
	b.Helper()
	g := b.group(name, ids[:2]...)
	ctx, die := context.WithCancel(b.Context())
	behindCommit := func(n int) bool { return n > 1 }
	dying := onTable(b.T, b.table, scripted(append(rules, fault.Rule{
		Operation: "TransactWriteItems", Calls: behindCommit, Fault: fault.Then(fault.Refused, die),
	})...), steps)
	edit := directory.MemberEdit{Add: members(ids[2:]...), Remove: ids[:1]}
	if _, err := dying.edit(ctx, g.ID, edit); !errors.Is(err, directory.ErrUnavailable) {
		b.Fatalf("the function did not die: %v", err)
	}
	g, err := b.acme.Groups().Get(b.Context(), g.ID)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// finishes carries out the change that was pending when g was read, as any reader of the
// members does.
func (b *bench) finishes(g directory.Group) error {
	return second(b.acme.Groups().Members(b.Context(), []directory.Resource{g.Resource}, 0, 100))
}

// beforeCall is a transport that calls a function before its n-th call.
type beforeCall struct {
	next  http.RoundTripper
	calls atomic.Int64
	n     int64
	do    func()
}

func (p *beforeCall) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.calls.Add(1) == p.n {
		p.do()
	}
	return p.next.RoundTrip(r)
}

// rival is something that happens while a change of {0, 1} to {1 ... 6} is unfinished.
type rival struct {
	do      func(*bench, directory.Group, []scim.ID) error
	deletes int  // the user that it deletes; -1: none
	ends    bool // it deletes the group
	edits   bool // it removes user 4 and adds user 0
}

var rivals = map[string]rival{
	"worker": {do: func(b *bench, g directory.Group, _ []scim.ID) error { return b.finishes(g) }, deletes: -1},
	"later change": {do: func(b *bench, g directory.Group, ids []scim.ID) error {
		edit := directory.MemberEdit{Add: members(ids[0]), Remove: ids[4:5], SkipUnknown: true}
		return second(b.edit(b.Context(), g.ID, edit))
	}, deletes: -1, edits: true},
	"deletion of the group": {do: func(b *bench, g directory.Group, _ []scim.ID) error {
		return b.acme.Groups().Delete(b.Context(), g.ID, nil)
	}, deletes: -1, ends: true},
	"deletion of a new member":     deletionOf(3),
	"deletion of an old member":    deletionOf(1),
	"deletion of a removed member": deletionOf(0),
}

func deletionOf(i int) rival {
	return rival{do: func(b *bench, _ directory.Group, ids []scim.ID) error {
		return b.acme.Users().Delete(b.Context(), ids[i], nil)
	}, deletes: i}
}

// after returns who are members after both rivals.
func after(a, b rival) (who []int) {
	who = []int{1, 2, 3, 4, 5, 6}
	if a.edits || b.edits {
		who = []int{0, 1, 2, 3, 5, 6}
	}
	return slices.DeleteFunc(who, func(i int) bool { return i == a.deletes || i == b.deletes })
}

// TestDuringAnUnfinishedChange: whatever happens before any call of something else, the
// change takes effect once, and a deleted group or user keeps no members and no groups. With
// -long it happens before every call, otherwise before every third call of a worker or a
// deletion of the group.
func TestDuringAnUnfinishedChange(t *testing.T) {
	if testing.Short() {
		t.Skip("one function at a time: nothing for the race detector")
	}
	t.Parallel()
	for outer, a := range rivals {
		for inner, b := range rivals {
			if outer == inner && inner != "worker" || a.deletes >= 0 && b.deletes >= 0 ||
				!testkit.Long() && (a.deletes >= 0 || a.edits) {
				continue
			}
			t.Run(inner+" during "+outer, func(t *testing.T) { newBench(t, nil, steps).interleave(a, b) })
		}
	}
}

// interleave lets the second rival happen before calls of the first one.
func (b *bench) interleave(outer, inner rival) {
	ids, reached := b.users(7), true
	for n := int64(1); reached; n += int64(testkit.Size(1, 3)) {
		g := b.unfinished(fmt.Sprint("g", n), ids)
		reached = false
		hook := func(next http.RoundTripper) http.RoundTripper {
			return &beforeCall{next: next, n: n, do: func() {
				reached = true
				b.ends(inner.do(b, g, ids))
			}}
		}
		b.ends(outer.do(onTable(b.T, b.table, hook, steps), g, ids))
		if !reached {
			b.ends(inner.do(b, g, ids))
		}
		ended := outer.ends || inner.ends
		if _, err := b.acme.Groups().Get(b.Context(), g.ID); ended != errors.Is(err, directory.ErrNotFound) {
			b.Fatalf("call %d: %v", n, err)
		}
		if !ended {
			b.has(g.ID, pick(ids, after(outer, inner))...)
		}
		deleted := slices.DeleteFunc([]int{outer.deletes, inner.deletes}, func(i int) bool { return i < 0 })
		b.verify(len(ids) - len(deleted))
		for _, i := range deleted {
			ids[i] = b.users(1)[0]
		}
	}
}

// ends fails the test unless a rival succeeded or came too late.
func (b *bench) ends(err error) {
	b.Helper()
	if err != nil && !errors.Is(err, directory.ErrNotFound) {
		b.Error(err)
	}
}

// TestLateStep: a call that stores steps gets no answer, and arrives when the change is
// finished and another change has removed one of its members. A function that still has the
// first change in hand does not carry out those steps again.
func TestLateStep(t *testing.T) {
	t.Parallel()
	b, late := newBench(t, nil, steps), &fault.Late{}
	ids := b.users(7)
	g := b.unfinished("g", ids, fault.Rule{Operation: "BatchWriteItem", Calls: fault.Nth(1), Fault: late.Fault})
	if _, err := b.edit(t.Context(), g.ID, directory.MemberEdit{Remove: ids[4:5]}); err != nil {
		t.Fatal(err)
	}
	if n, err := late.Arrive(); n != 1 || err != nil {
		t.Fatalf("%d calls arrived, %v", n, err)
	}
	if err := b.finishes(g); err != nil {
		t.Error(err)
	}
	b.has(g.ID, pick(ids, []int{1, 2, 3, 5, 6})...)
	b.verify(7)
}

// meeting is a transport that holds a change's first eight steps until all have arrived, and
// then passes them to a transport of their own. It counts the transactions, of which the
// first commits the change.
type meeting struct {
	next, steps http.RoundTripper
	calls       atomic.Int64
	all         chan struct{}

	underWay atomic.Int64
	ninth    int64 // how many were under way at the first call behind eight steps and eight retries
}

func meet(next, steps http.RoundTripper) *meeting {
	return &meeting{next: next, steps: steps, all: make(chan struct{})}
}

func (m *meeting) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
		return m.next.RoundTrip(r)
	}
	underWay := m.underWay.Add(1)
	defer m.underWay.Add(-1)
	n := m.calls.Add(1)
	if n == 18 {
		m.ninth = underWay
	}
	if n == 1 || n > 9 {
		return m.next.RoundTrip(r)
	}
	if n == 9 {
		close(m.all)
	}
	select {
	case <-m.all:
		return m.steps.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// TestStepsRunTogether: eight steps of a change are under way at the same time, and they have
// no item in common: DynamoDB would cancel one of two such transactions.
func TestStepsRunTogether(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ids, g := b.users(20), b.group("g")
	locked := func(next http.RoundTripper) http.RoundTripper {
		return fault.ItemLocks(meet(next, next), func() time.Duration { return 0 })
	}
	ctx, meter := table.WithMeter(t.Context())
	edit := directory.MemberEdit{Add: members(ids...)}
	if _, err := onTable(t, b.table, locked, steps).edit(ctx, g.ID, edit); err != nil {
		t.Fatal(err)
	}
	if u := meter.Usage(); u.Retries != 0 {
		t.Errorf("%d retries, %d conflicts", u.Retries, u.Conflicts)
	}
	b.has(g.ID, ids...)
}

// TestThrottledStepsRunAlone: if DynamoDB throttles a change's steps, the next one waits
// until all others have ended.
func TestThrottledStepsRunAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ids, g := b.users(20), b.group("g")
	var m *meeting
	throttled := func(next http.RoundTripper) http.RoundTripper {
		m = meet(next, fault.Script(next, fault.Rule{Fault: fault.Cancelled("ThrottlingError")}))
		return m
	}
	edit := directory.MemberEdit{Add: members(ids...)}
	if _, err := onTable(t, b.table, throttled, steps).edit(t.Context(), g.ID, edit); err != nil {
		t.Fatal(err)
	}
	if m.ninth != 1 {
		t.Errorf("%d transactions were under way with the ninth step, want it alone", m.ninth)
	}
	b.has(g.ID, ids...)
}

// TestRandomLargeChanges: several functions make large changes of a few groups at the same
// time, and delete groups and users. They die at random, their calls are lost, repeated,
// throttled and late. When what is left is finished, the table is whole.
func TestRandomLargeChanges(t *testing.T) {
	t.Parallel()
	late := &fault.Late{}
	var transport http.RoundTripper
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper {
		transport = fault.Script(fault.ItemLocks(next, hold),
			fault.Rule{Operation: "BatchWriteItem", Calls: fault.Randomly(*seed, 0.1), Fault: late.Fault},
			fault.Rule{Operation: "TransactWriteItems", Calls: fault.Randomly(*seed+3, 0.05), Fault: late.Fault},
			fault.Rule{Calls: fault.Randomly(*seed+1, 0.02), Fault: fault.LostResponse},
			fault.Rule{Calls: fault.Randomly(*seed+2, 0.02), Fault: fault.Throttled})
		return transport
	}, steps)
	users, groups := b.users(12), []scim.ID{b.group("a").ID, b.group("b").ID, b.group("c").ID}
	parallel(6, func(worker int) {
		r := rand.New(rand.NewPCG(*seed, uint64(worker)))
		for range testkit.Size(30, 8) {
			function := b
			if calls := r.Int64N(60); calls < 30 {
				mortal := func(http.RoundTripper) http.RoundTripper {
					return fault.Death(transport, calls, r.IntN(2) == 0, func() {})
				}
				function = onTable(t, b.table, mortal, steps, budget(500*time.Millisecond))
			}
			b.mayFail(function.randomly(r, users, groups, func(scim.ID) {}))
			if _, err := late.Arrive(); err != nil {
				t.Error(err)
			}
		}
	})
	later := onTable(t, b.table, nil, func(o *directory.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Minute) }
	})
	for _, group := range groups { // those of users are finished first
		later.functionChanges(group, users)
	}
	Verify(t, b.table)
}

// mayFail fails the test unless a random change succeeded, could not be made, or was
// interrupted.
func (b *bench) mayFail(err error) {
	b.Helper()
	for _, expected := range []error{
		directory.ErrNotFound, directory.ErrCycle, directory.ErrUnavailable, directory.ErrContention,
	} {
		if errors.Is(err, expected) {
			return
		}
	}
	if err != nil {
		b.Error(err)
	}
}

// TestStepsOfOthersSettle: a function that carried out all steps itself does not wait. One that
// finds steps done by others, or deletes the group, waits before it takes the change for
// complete, because DynamoDB may show that a step is deleted before it shows the step's edges.
func TestStepsOfOthersSettle(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil, steps)
	ids := b.users(7)
	slow := onTable(t, b.table, nil, steps, func(o *directory.Options) { o.Settle = time.Hour })
	g := b.group("alone")
	if _, err := slow.edit(t.Context(), g.ID, directory.MemberEdit{Add: members(ids...)}); err != nil {
		t.Errorf("a function alone: %v", err)
	}
	waits := map[string]func(context.Context, directory.Group) error{
		"finish": func(ctx context.Context, g directory.Group) error {
			return second(slow.acme.Groups().Members(ctx, []directory.Resource{g.Resource}, 0, 100))
		},
		"delete": func(ctx context.Context, g directory.Group) error {
			return slow.acme.Groups().Delete(ctx, g.ID, nil)
		},
	}
	for name, wait := range waits {
		g := b.unfinished(name, ids)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		if err := wait(ctx, g); !errors.Is(err, directory.ErrUnavailable) {
			t.Errorf("%s: %v, want a wait until the context ends", name, err)
		}
		cancel()
		if err := b.finishes(g); err != nil && !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
