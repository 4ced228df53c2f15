package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/testkit/fault"
)

// titled is a change of a user that changes no claim: one UpdateItem.
func titled(title string) func(directory.User) (directory.Content, error) {
	return func(u directory.User) (directory.Content, error) {
		return directory.Content{Doc: set(u.Doc, "title", title)}, nil
	}
}

func atVersion(version int64) directory.Match { return func(v int64) bool { return v == version } }

// set returns a document with another value of an attribute.
func set(doc scim.Value, name, value string) scim.Value {
	return scim.Map(append(doc.Without(name).Members(), scim.Member{Name: name, Value: scim.Text(value)})...)
}

// losing is a bench whose first UpdateItem is carried out and gets no answer. Before
// the caller notices, meanwhile makes a change over another connection.
func losing(t *testing.T) (b, other *bench, meanwhile func(func())) {
	var do func()
	b = newBench(t,
		scripted(fault.Rule{Operation: "UpdateItem", Calls: fault.Nth(1), Fault: fault.Then(fault.LostResponse, func() {
			do()
		})}))
	other = b.beside()
	return b, other, func(f func()) { do = f }
}

// beside is another process on the same table, without faults.
func (b *bench) beside() *bench {
	b.Helper()
	return onTable(b.T, b.table, nil)
}

// The outcome of a write whose answer was lost is found out, whatever happened to the resource
// before the retry.
func TestLostAnswerOfAPlainWrite(t *testing.T) {
	t.Parallel()
	changes := func(n int) func(*testing.T, *bench, scim.ID) {
		return func(t *testing.T, other *bench, id scim.ID) {
			for i := range n {
				_, err := other.acme.Users().Replace(t.Context(), id, nil, titled(fmt.Sprint("other ", i)))
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	removal := func(t *testing.T, other *bench, id scim.ID) {
		if err := other.acme.Users().Delete(t.Context(), id, nil); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		meanwhile func(*testing.T, *bench, scim.ID)
		match     directory.Match
		want      error
	}{
		"nothing":                     {changes(0), atVersion(1), nil},
		"another change":              {changes(1), atVersion(1), nil},
		"another change, no version":  {changes(1), nil, nil},
		"31 changes":                  {changes(31), atVersion(1), nil},
		"32 changes: nobody can know": {changes(32), atVersion(1), directory.ErrUnavailable},
		"another change after many":   {changes(1), atVersion(41), nil},
		"a deletion":                  {removal, atVersion(1), nil},
		"a change and then a deletion": {func(t *testing.T, o *bench, id scim.ID) {
			changes(1)(t, o, id)
			removal(t, o, id)
		}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b, other, meanwhile := losing(t)
			u := b.create("ann", "")
			if tt.match != nil && tt.match(41) {
				changes(40)(t, other, u.ID)
				u.Version = 41
			}
			meanwhile(func() { tt.meanwhile(t, other, u.ID) })
			changed, err := b.acme.Users().Replace(t.Context(), u.ID, tt.match, titled("mine"))
			if !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
			if err == nil && changed.Version != u.Version+1 {
				t.Errorf("carried out as version %d, want %d", changed.Version, u.Version+1)
			}
		})
	}
}

// A write that arrives after another one is refused, and has no effect even if it arrives late.
func TestLateArrivalOfAPlainWrite(t *testing.T) {
	t.Parallel()
	for name, overtaken := range map[string]bool{"repeated first": false, "overtaken": true} {
		t.Run(name, func(t *testing.T) {
			late := &fault.Late{}
			var do func()
			b := newBench(t,
				scripted(fault.Rule{Operation: "UpdateItem", Calls: fault.Nth(1), Fault: fault.Then(late.Fault, func() {
					do()
				})}))
			other, u := b.beside(), b.create("ann", "")
			want, version := error(nil), int64(2)
			do = func() {}
			if overtaken {
				want = directory.ErrVersion
				do = func() { _, _ = other.acme.Users().Replace(t.Context(), u.ID, nil, titled("other")) }
			}
			if _, err := b.acme.Users().Replace(t.Context(), u.ID,
				atVersion(1), titled("mine")); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			if n, err := late.Arrive(); n != 1 || err != nil {
				t.Fatalf("%d arrived late, %v", n, err)
			}
			if now, err := b.acme.Users().Get(t.Context(), u.ID); err != nil || now.Version != version ||
				(now.Doc.Get("title").Text() == "mine") == overtaken {
				t.Errorf("version %d with title %s, %v", now.Version, now.Doc.Get("title").JSON(), err)
			}
		})
	}
}

// One of several DELETEs succeeds, even if another one finishes the deletion that it began.
func TestLostAnswerOfADeletion(t *testing.T) {
	t.Parallel()
	for name, match := range map[string]directory.Match{"without a version": nil, "of a version": atVersion(1)} {
		t.Run(name, func(t *testing.T) {
			b, other, meanwhile := losing(t)
			u := b.create("ann", "")
			meanwhile(func() {
				if err := other.acme.Users().Delete(t.Context(), u.ID, nil); !errors.Is(err, directory.ErrNotFound) {
					t.Errorf("the second: %v", err)
				}
			})
			if err := b.acme.Users().Delete(t.Context(), u.ID, match); err != nil {
				t.Errorf("the first: %v", err)
			}
			b.verify(0)
		})
	}
}

// A group's own attributes, and its deletion.
func TestLostAnswerOfAGroup(t *testing.T) {
	t.Parallel()
	b, other, meanwhile := losing(t)
	g, err := b.acme.Groups().Create(t.Context(), group("crew", ""), directory.MemberEdit{})
	if err != nil {
		t.Fatal(err)
	}
	rename := func(b *bench, name string, match directory.Match) error {
		_, err := b.acme.Groups().Change(t.Context(), g.Group.ID, match, nil,
			func(d *directory.Draft) (directory.Edit, error) {
				return directory.Edit{Doc: set(d.Doc, "displayName", name)}, nil
			})
		return err
	}
	meanwhile(func() {
		if err := rename(other, "Crew", nil); err != nil {
			t.Fatal(err)
		}
		if err := other.acme.Groups().Delete(t.Context(), g.Group.ID, nil); err != nil {
			t.Fatal(err)
		}
	})
	if err := rename(b, "CREW", atVersion(1)); err != nil {
		t.Errorf("the group was renamed, but: %v", err)
	}
}

// The outcome of an account's change is found out after the account has become a user.
func TestLostAnswerBeforeAConnection(t *testing.T) {
	t.Parallel()
	b, other, meanwhile := losing(t)
	a := b.account("ann@example.com", "ann@example.com")
	wanted := user("ann@example.com", "x1", "ann@example.com")
	meanwhile(func() {
		b := other
		_, err := b.acme.Users().Create(t.Context(), wanted)
		b.recordConflicts(b.acme, err)
		if _, err := b.acme.Conflicts().Approve(t.Context(), b.conflictID(), "op", a.ID); err != nil {
			t.Fatal(err)
		}
		if u, err := b.acme.Users().Create(t.Context(), wanted); err != nil || u.ID != a.ID {
			t.Fatalf("connected %s, %v", u.ID, err)
		}
	})
	_, err := b.dir.Accounts().Change(t.Context(), a.ID, nil,
		func(old directory.Account) (directory.AccountContent, error) {
			return directory.AccountContent{Content: directory.Content{Doc: set(old.Doc, "title", "t")}}, nil
		})
	if err != nil {
		t.Errorf("the account was changed, but: %v", err)
	}
}

// contested is a bench that loses a quarter of the answers to plain writes and delivers
// an eighth of these writes late. It has no item locks, because they would delay the writers
// that should come between a lost answer and the retry.
func contested(t *testing.T) (b *bench, arrive func()) {
	late := &fault.Late{}
	b = newBench(t, scripted(
		fault.Rule{Operation: "UpdateItem", Calls: fault.Randomly(*seed, 0.25), Fault: fault.LostResponse},
		fault.Rule{Operation: "UpdateItem", Calls: fault.Randomly(*seed+1, 0.125), Fault: late.Fault},
		fault.Rule{Operation: "TransactWriteItems", Calls: fault.Randomly(*seed+2, 0.1), Fault: fault.LostResponse}))
	return b, func() {
		if _, err := late.Arrive(); err != nil {
			t.Error(err)
		}
	}
}

// Every increment takes effect once, and each version is replaced by one change: successful
// changes have taken effect, refused ones have not.
func TestContestedChanges(t *testing.T) {
	t.Parallel()
	b, arrive := contested(t)
	u := b.create("ann", "")
	var done, undecided atomic.Int64
	increment := func(ctx context.Context, versioned bool) error {
		var match directory.Match
		if versioned {
			now, err := b.acme.Users().Get(ctx, u.ID)
			if err != nil {
				return err
			}
			match = atVersion(now.Version)
		}
		_, err := b.acme.Users().Replace(ctx, u.ID, match, func(old directory.User) (directory.Content, error) {
			n, _ := strconv.Atoi(old.Doc.Get("title").Text())
			return directory.Content{Doc: set(old.Doc, "title", fmt.Sprint(n+1))}, nil
		})
		return err
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for range 15 {
				switch err := increment(t.Context(), worker%2 == 0); {
				case err == nil:
					done.Add(1)
				case errors.Is(err, directory.ErrUnavailable):
					undecided.Add(1)
				case !errors.Is(err, directory.ErrVersion):
					t.Error(err)
				}
				arrive()
			}
		})
	}
	wg.Wait()
	arrive()
	now, err := b.acme.Users().Get(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.ParseInt(now.Doc.Get("title").Text(), 10, 64)
	if n < done.Load() || n > done.Load()+undecided.Load() || now.Version != n+1 {
		t.Errorf("%d increments at version %d; %d succeeded and %d are undecided",
			n, now.Version, done.Load(), undecided.Load())
	}
	t.Logf("seed %d: %d succeeded, %d undecided", *seed, done.Load(), undecided.Load())
}

// One of several parallel DELETEs succeeds.
func TestContestedDeletions(t *testing.T) {
	t.Parallel()
	b, arrive := contested(t)
	var wg sync.WaitGroup
	for i := range 12 {
		u := b.create(fmt.Sprint("ann", i), "")
		wg.Go(func() {
			var won atomic.Int64
			var three sync.WaitGroup
			for range 3 {
				three.Go(func() {
					switch err := b.acme.Users().Delete(t.Context(), u.ID, nil); {
					case err == nil:
						won.Add(1)
					case !errors.Is(err, directory.ErrNotFound):
						t.Error(err)
					}
					arrive()
				})
			}
			if three.Wait(); won.Load() != 1 {
				t.Errorf("%d of 3 deletions of a user succeeded", won.Load())
			}
		})
	}
	wg.Wait()
	b.verify(0)
}
