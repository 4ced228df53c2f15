package directory_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// parallel runs f for 0 to n-1 at the same time.
func parallel(n int, f func(int)) {
	var work sync.WaitGroup
	for i := range n {
		work.Go(func() { f(i) })
	}
	work.Wait()
}

// successes counts the successes. The others must have failed because the name is taken.
func (b *bench) successes(errs []error) (n int) {
	b.Helper()
	for _, err := range errs {
		if err == nil {
			n++
		} else if !slices.Equal(attributes(err), []string{"displayName"}) {
			b.Errorf("a write failed with %v", err)
		}
	}
	return n
}

func attributes(err error) (names []string) {
	e, _ := errors.AsType[*directory.TakenError](err)
	for i := range len(taken(err)) {
		names = append(names, e.Values[i].Attribute)
	}
	return names
}

// TestParallelJoins: all persons who join and leave a team at the same time succeed.
func TestParallelJoins(t *testing.T) {
	t.Parallel()
	b := newBench(t, itemLocks)
	ids, team := b.users(24), b.team("Crew")
	parallel(len(ids), func(i int) {
		if err := join(t.Context(), b.acme, team.ID, ids[i:i+1]); err != nil {
			t.Error(err)
		}
	})
	if n := len(b.teamMembers(team.ID)); n != 24 {
		t.Errorf("the team has %d members, want 24", n)
	}
	late := b.account("ann").ID
	parallel(12, func(i int) {
		e := directory.TeamEdit{Add: []scim.ID{late, ids[2*i]}, Remove: ids[2*i+1 : 2*i+2]}
		if err := second(b.acme.Teams().Edit(t.Context(), team.ID, e)); err != nil {
			t.Error(err)
		}
	})
	if n := len(b.teamMembers(team.ID)); n != 13 {
		t.Errorf("the team has %d members, want 13", n)
	}
	b.verify(24)
}

// TestParallelTeamNames: if teams and groups ask for a name at the same time, one gets it.
func TestParallelTeamNames(t *testing.T) {
	t.Parallel()
	b := newBench(t, itemLocks)
	errs := make([]error, 12)
	parallel(len(errs), func(i int) {
		if i%2 == 0 {
			_, errs[i] = b.acme.Teams().Create(t.Context(), "Crew")
		} else {
			_, errs[i] = b.acme.Groups().Create(t.Context(), group("crew", ""), directory.MemberEdit{})
		}
	})
	if n := b.successes(errs); n != 1 {
		t.Errorf("%d resources got the name, want 1", n)
	}
	teams := []scim.ID{b.team("a").ID, b.team("b").ID, b.team("c").ID, b.team("d").ID}
	errs = errs[:4]
	parallel(len(errs), func(i int) { _, errs[i] = b.acme.Teams().Rename(t.Context(), teams[i], nil, "one") })
	if n := b.successes(errs); n != 1 {
		t.Errorf("%d teams got the name, want 1", n)
	}
	b.verify(0)
}

// TestParallelRenames: parallel renames of a team all succeed if they expect no version. If
// they expect the same version, one succeeds. Persons who join meanwhile do not disturb them.
func TestParallelRenames(t *testing.T) {
	t.Parallel()
	b := newBench(t, itemLocks)
	ids, team := b.users(6), b.team("Crew")
	parallel(6, func(i int) {
		_, err := b.acme.Teams().Rename(t.Context(), team.ID, nil, fmt.Sprint("Crew", i))
		if err := errors.Join(err, join(t.Context(), b.acme, team.ID, ids[i:i+1])); err != nil {
			t.Error(err)
		}
	})
	now, err := b.acme.Teams().Get(t.Context(), team.ID)
	if err != nil || now.Version != 13 {
		t.Fatalf("%+v, %v", now, err)
	}
	versions := make([]error, 6)
	same := func(v int64) bool { return v == now.Version }
	parallel(6, func(i int) {
		versions[i] = second(b.acme.Teams().Rename(t.Context(), team.ID, same, fmt.Sprint("New", i)))
	})
	lost := 0
	for _, err := range versions {
		if errors.Is(err, directory.ErrVersion) {
			lost++
		}
	}
	if lost != 5 {
		t.Errorf("%v", versions)
	}
	b.verify(6)
}

// TestJoinDuringDeletionAndConnection: a person who is deleted while joining does not stay in
// the team. A person whose account becomes a user while joining always gets in.
func TestJoinDuringDeletionAndConnection(t *testing.T) {
	t.Parallel()
	b := newBench(t, itemLocks)
	team := b.team("Crew")
	going, staying := b.users(8), make([]scim.ID, 8)
	for i := range staying {
		staying[i] = b.account(fmt.Sprint("ann", i)).ID
	}
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			err := join(t.Context(), b.acme, team.ID, going[i:i+1])
			if _, unknown := errors.AsType[*directory.UnknownMembersError](err); err != nil && !unknown {
				t.Error(err)
			}
		})
		work.Go(func() {
			if err := b.acme.Users().Delete(t.Context(), going[i], nil); err != nil {
				t.Error(err)
			}
		})
		work.Go(func() {
			if err := join(t.Context(), b.acme, team.ID, staying[i:i+1]); err != nil {
				t.Error(err)
			}
		})
		work.Go(func() { b.becomeUser(staying[i], "acme") })
	}
	work.Wait()
	if n := len(b.teamMembers(team.ID)); n != 8 {
		t.Errorf("the team has %d members, want 8", n)
	}
	b.verify(8)
}

// TestRandomTeamChanges: several operators make random changes of a few teams and persons at
// the same time. Then every edge leads from an existing team to an existing person and back,
// and no change is half done.
func TestRandomTeamChanges(t *testing.T) {
	t.Parallel()
	b := newBench(t, itemLocks)
	persons, teams := b.users(10), []scim.ID{b.team("a").ID, b.team("b").ID, b.team("c").ID}
	for i := range 4 {
		persons = append(persons, b.account(fmt.Sprint("ann", i)).ID)
	}
	parallel(6, func(worker int) {
		r := rand.New(rand.NewPCG(*seed, uint64(worker)))
		for range 12 {
			err := b.randomTeamChange(r, teams[r.IntN(len(teams))], persons)
			_, unknown := errors.AsType[*directory.UnknownMembersError](err)
			if err != nil && !unknown && !errors.Is(err, directory.ErrNotFound) && len(taken(err)) == 0 {
				t.Error(err)
			}
		}
	})
	Verify(t, b.table)
}

// randomTeamChange makes one random change of a team or a person.
func (b *bench) randomTeamChange(r *rand.Rand, team scim.ID, persons []scim.ID) error {
	some := r.Perm(len(persons))[:4]
	e := directory.TeamEdit{Add: pick(persons, some[:2]), Remove: pick(persons, some[2:])}
	switch n := r.IntN(100); {
	case n < 70:
		return second(b.acme.Teams().Edit(b.Context(), team, e))
	case n < 85:
		return second(b.acme.Teams().Rename(b.Context(), team, nil, fmt.Sprint("crew", r.IntN(3))))
	case n < 92:
		return b.acme.Users().Delete(b.Context(), persons[some[0]], nil)
	case n < 97:
		return b.dir.Accounts().Delete(b.Context(), persons[some[0]], nil)
	}
	return b.acme.Teams().Delete(b.Context(), team, nil)
}

// interceptor is a transport that calls functions before and after the next BatchGetItem.
type interceptor struct {
	http.RoundTripper
	armed         *atomic.Bool
	before, after func()
}

func (a interceptor) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "BatchGetItem") || !a.armed.CompareAndSwap(true, false) {
		return a.RoundTripper.RoundTrip(r)
	}
	a.before()
	defer a.after()
	return a.RoundTripper.RoundTrip(r)
}

// TestJoinBetweenAccountAndUser: a BatchGetItem is not a snapshot. While an account becomes a
// user, it may return neither. The person is found nevertheless.
func TestJoinBetweenAccountAndUser(t *testing.T) {
	t.Parallel()
	for name, joins := range map[string]func(*bench, scim.ID, scim.ID) error{
		"join": func(b *bench, team, ann scim.ID) error {
			return join(t.Context(), b.acme, team, []scim.ID{ann})
		},
		"list": func(b *bench, team, _ scim.ID) error { b.wantTeam(team, "User:ann"); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			var b *bench
			var ann scim.ID
			var armed atomic.Bool
			hide := func() { b.becomeUser(ann, "hidden") }
			show := func() { b.move(table.Key{PK: "T#hidden#USER", SK: string(ann)}, "acme") }
			b = newBench(t, func(next http.RoundTripper) http.RoundTripper {
				return interceptor{next, &armed, hide, show}
			})
			ann = b.account("ann").ID
			team := b.team("Crew")
			if name == "list" {
				team = b.team("Others", ann)
			}
			armed.Store(true)
			if err := joins(b, team.ID, ann); err != nil || armed.Load() {
				t.Errorf("%v, not read: %t", err, armed.Load())
			}
			b.wantTeam(team.ID, "User:ann")
			b.verify(1)
		})
	}
}
