package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// mortal returns a bench on the same table whose function dies at the n-th call, and a
// context that ends when it dies.
func (b *bench) mortal(n int64, lost bool) (*bench, context.Context) {
	b.Helper()
	ctx, die := context.WithCancel(b.Context())
	d := fault.Death(http.DefaultTransport, n, lost, die)
	dir, err := directory.Open(directory.Options{
		Table: b.table, Endpoint: testkit.Endpoint(b.T), Client: &http.Client{Transport: d}, Step: 2,
	})
	if err != nil {
		b.Fatal(err)
	}
	return &bench{b.T, dir, dir.For("acme"), b.table}, ctx
}

// deaths are the calls at which a function dies: with -long every call, otherwise every third
// one. If answers are lost, these are other calls than if they are not.
func deaths(lost bool) (first, step int64) {
	step = int64(testkit.Size(1, 3))
	if lost {
		first = step / 2
	}
	return first, step
}

// A function dies at calls to DynamoDB that an operation makes, before the call or
// before its answer: at every call with -long. After the next writer, the operation has
// happened completely or not at all.
func TestDeathAtEveryCall(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one function at a time: nothing for the race detector")
	}
	for name, o := range mortalOperations {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, answer lost %t", name, lost), func(t *testing.T) {
				now := time.Now()
				b := newBench(t, nil, steps, func(options *directory.Options) {
					options.Now = func() time.Time { return now }
				})
				users, survived := 0, false
				first, step := deaths(lost)
				for n := first; !survived; n += step {
					users, survived = b.dies(o, n, users, lost, func(g directory.Group, ids []scim.ID) {
						if n%2 == 0 {
							b.nextWriter(g.ID, ids)
						} else {
							b.functionChanges(g.ID, ids)
							now = now.Add(time.Minute)
							b.sweep()
						}
					})
				}
			})
		}
	}
}

// operation is the operation during which a function dies.
type mortalOperation struct {
	do     func(*bench, context.Context, directory.Group, []scim.ID) error
	before []int // the users that are members of the group before
	after  []int // and after; nil: there is no group then
	users  int
}

var mortalOperations = map[string]mortalOperation{
	"change in steps": {func(b *bench, ctx context.Context, g directory.Group, ids []scim.ID) error {
		return second(b.edit(ctx, g.ID, directory.MemberEdit{Add: members(ids[2:]...), Remove: ids[:1]}))
	}, []int{0, 1}, []int{1, 2, 3, 4, 5, 6}, 7},
	"replace in steps": {func(b *bench, ctx context.Context, g directory.Group, ids []scim.ID) error {
		return second(b.replaceMembers(ctx, g.ID, ids[3:]))
	}, []int{0, 1}, []int{3, 4, 5, 6}, 7},
	"delete group": {func(b *bench, ctx context.Context, g directory.Group, _ []scim.ID) error {
		return b.acme.Groups().Delete(ctx, g.ID, nil)
	}, []int{0, 1}, nil, 7},
	"delete user": {func(b *bench, ctx context.Context, _ directory.Group, ids []scim.ID) error {
		return b.acme.Users().Delete(ctx, ids[1], nil)
	}, []int{0, 1}, []int{0}, 6},
}

// dies lets a function die at its n-th call in a table of that many users, and
// reports how many users there are then, and whether the function survived.
func (b *bench) dies(o mortalOperation, n int64, users int, lost bool,
	inherit func(directory.Group, []scim.ID)) (int, bool) {
	ids := b.users(7)
	g := b.group(fmt.Sprint("g", n), pick(ids, o.before)...)
	victim, ctx := b.mortal(n, lost)
	err := o.do(victim, ctx, g, ids)
	inherit(g, ids)
	_, gone := b.acme.Groups().Get(b.Context(), g.ID)
	got := b.memberIDs(g.ID)
	switch {
	case o.after == nil && errors.Is(gone, directory.ErrNotFound),
		o.after != nil && gone == nil && slices.Equal(got, pick(ids, o.after)):
		users += o.users
	case err != nil && gone == nil && slices.Equal(got, pick(ids, o.before)):
		users += len(ids)
	default:
		b.Fatalf("call %d: %v; %d members, %v", n, err, len(got), gone)
	}
	b.verify(users)
	return users, err == nil && n > 3
}

func pick(ids []scim.ID, which []int) (some []scim.ID) {
	for _, i := range which {
		some = append(some, ids[i])
	}
	return sorted(some...)
}

// nextWriter is the next request that changes the group or repeats the deletion.
func (b *bench) nextWriter(group scim.ID, ids []scim.ID) {
	b.Helper()
	if _, err := b.edit(b.Context(), group, directory.MemberEdit{Remove: []scim.ID{"nobody"}}); err != nil &&
		!errors.Is(err, directory.ErrNotFound) {
		b.Fatal(err)
	}
	if _, err := b.acme.Groups().Get(b.Context(), group); errors.Is(err, directory.ErrNotFound) {
		b.repeat(b.acme.Groups().Delete(b.Context(), group, nil))
	}
	if _, err := b.acme.Users().Get(b.Context(), ids[1]); errors.Is(err, directory.ErrNotFound) {
		b.repeat(b.acme.Users().Delete(b.Context(), ids[1], nil))
	}
}

// functionChanges does what function changes does for the stream records of the changes.
func (b *bench) functionChanges(group scim.ID, ids []scim.ID) {
	b.Helper()
	for _, id := range append(ids, group) {
		for _, pk := range []string{"T#acme#USER", "T#acme#GROUP"} {
			if err := b.dir.EnqueueUnfinished(b.Context(), pk, string(id)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func (b *bench) sweep() {
	b.Helper()
	if _, err := b.dir.Sweep(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// repeat checks the error of a deletion that was begun before: it may be finished already.
func (b *bench) repeat(err error) {
	b.Helper()
	if err != nil && !errors.Is(err, directory.ErrNotFound) {
		b.Fatal(err)
	}
}

// A name is free if its holder is half deleted after a crash: the next writer finishes the
// deletion.
func TestNameOfTheHalfDeletedIsFree(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	u := b.create("ann", "x", "ann@example.com")
	g := b.group("g", u.ID)
	victim, ctx := b.mortal(1, false)
	if err := victim.acme.Users().Delete(ctx, u.ID, nil); !errors.Is(err, directory.ErrUnavailable) {
		t.Fatal(err)
	}
	victim, ctx = b.mortal(1, false)
	if err := victim.acme.Groups().Delete(ctx, g.ID, nil); !errors.Is(err, directory.ErrUnavailable) {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"user":     second(b.acme.Users().Get(t.Context(), u.ID)),
		"group":    second(b.acme.Groups().Get(t.Context(), g.ID)),
		"replaced": second(b.replace(u.ID, user("bob", ""))),
		"members":  second(b.edit(t.Context(), g.ID, directory.MemberEdit{Add: members(u.ID)})),
	} {
		if !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if found, err := b.acme.Users().ByName(t.Context(), "ann"); err != nil || len(found) != 0 {
		t.Errorf("found %v, %v", found, err)
	}
	b.group("G")
	b.create("Ann", "y", "ann@example.com")
	b.verify(1)
}

// A change that nests groups takes effect with its commit, even if the function dies before
// the first step.
func TestDepthBehindAnUnfinishedChange(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil, steps)
	upper, lower := b.chain("upper", 5), b.chain("lower", 5)
	ids := []scim.ID{b.group("middle").ID, b.group("x").ID, b.group("y").ID}
	refused := false
	first, step := deaths(false)
	for n := first; ; n += step {
		victim, ctx := b.mortal(n, false)
		if _, err := victim.edit(ctx, upper, directory.MemberEdit{Add: members(ids...)}); err == nil {
			break
		}
		_, err := b.edit(t.Context(), ids[0], directory.MemberEdit{Add: members(lower)})
		if err != nil && !errors.Is(err, directory.ErrDepth) {
			t.Fatal(err)
		}
		refused = refused || err != nil
		b.verify(0)
		for group, e := range map[scim.ID]directory.MemberEdit{
			ids[0]: {Remove: []scim.ID{lower}}, upper: {Remove: ids},
		} {
			if _, err := b.edit(t.Context(), group, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !refused {
		t.Error("no change was committed and left unfinished")
	}
}

// chain nests n groups and returns the outermost if name is lower, else the
// innermost.
func (b *bench) chain(name string, n int) scim.ID {
	b.Helper()
	inner := b.group(name + "0").ID
	outer := inner
	for i := 1; i < n; i++ {
		outer = b.group(fmt.Sprint(name, i), outer).ID
	}
	if name == "lower" {
		return outer
	}
	return inner
}

// A sweep that finishes old work keeps the note of newer work on the same resource, which
// EnqueueUnfinished writes meanwhile.
func TestSweepLeavesNewerNotes(t *testing.T) {
	t.Parallel()
	now := time.Now()
	clock := func(o *directory.Options) { o.Now = func() time.Time { return now } }
	var meanwhile func()
	b := newBench(t,
		scripted(fault.Rule{Operation: "DeleteItem", Calls: fault.Nth(1), Fault: fault.Then(fault.Refused, func() {
			meanwhile()
		})}),
		steps, clock)
	var ids []scim.ID
	for i := range 6 {
		ids = append(ids, b.create(fmt.Sprint("u", i), "").ID)
	}
	made, err := b.acme.Groups().Create(t.Context(), group("crew", ""), directory.MemberEdit{})
	if err != nil {
		t.Fatal(err)
	}
	notice := func() {
		if err := b.dir.EnqueueUnfinished(t.Context(), "T#acme#GROUP", string(made.Group.ID)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, die := context.WithCancel(t.Context())
	dying := onTable(t, b.table,
		scripted(fault.Rule{
			Operation: "TransactWriteItems", Calls: fault.Nth(2), Fault: fault.Then(fault.Refused, die),
		}),
		steps, clock)
	if _, err := dying.edit(ctx, made.Group.ID, directory.MemberEdit{Add: members(ids...)}); err == nil {
		t.Fatal("the function did not die")
	}
	notice()
	now = now.Add(time.Second)
	// finishes the change
	if _, err := b.edit(t.Context(), made.Group.ID, directory.MemberEdit{Remove: ids[:1]}); err != nil {
		t.Fatal(err)
	}
	meanwhile = func() {
		dying, ctx := b.mortal(1, false)
		_ = dying.acme.Groups().Delete(ctx, made.Group.ID, nil)
		notice()
	}
	for _, want := range []int{0, 1} {
		if finished, err := b.dir.Sweep(t.Context()); finished != want || err != nil {
			t.Errorf("finished %d, %v; want %d", finished, err, want)
		}
		now = now.Add(time.Minute)
	}
	b.verify(len(ids))
}

// The schedule calls function changes while an earlier call is still sweeping. The
// later sweep skips the work that the earlier one has reserved, and takes it over when the
// earlier one must have ended. After a failure, the next sweep retries at once.
func TestSweepsDoNotOverlap(t *testing.T) {
	t.Parallel()
	now := time.Now()
	clock := func(o *directory.Options) { o.Now = func() time.Time { return now } }
	b := newBench(t, nil, clock)
	id := b.create("ada", "").ID
	dying, ctx := b.mortal(2, false)
	_ = dying.acme.Users().Delete(ctx, id, nil)
	if err := b.dir.EnqueueUnfinished(t.Context(), "T#acme#USER", string(id)); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	sweep := func(s *bench, ctx context.Context, want int, fails bool) {
		t.Helper()
		if finished, err := s.dir.Sweep(ctx); finished != want || fails != (err != nil) {
			t.Errorf("finished %d, %v; want %d, an error: %v", finished, err, want, fails)
		}
	}
	refused := onTable(t, b.table, scripted(fault.Rule{Operation: "TransactWriteItems", Fault: fault.Denied}), clock)
	sweep(refused, t.Context(), 0, true)
	ctx, die := context.WithCancel(t.Context())
	killed := onTable(t, b.table,
		scripted(fault.Rule{
			Operation: "TransactWriteItems", Calls: fault.Nth(1), Fault: fault.Then(fault.Refused, die),
		}),
		clock)
	sweep(killed, ctx, 0, true)
	sweep(b, t.Context(), 0, false) // it may be at it still
	now = now.Add(10 * time.Minute)
	sweep(b, t.Context(), 1, false)
	sweep(b, t.Context(), 0, false)
	b.verify(0)
}
