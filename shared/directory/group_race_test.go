package directory_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/testkit"
)

// Members that are added at the same time are all members afterwards. Okta and Entra send
// several PATCHes at once.
func TestParallelAdds(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]*bench{"plain": newBench(t, nil), "item locks": newBench(t, itemLocks)} {
		t.Run(name, func(t *testing.T) {
			ids := b.users(testkit.Size(50, 25))
			g := b.group("g")
			var work sync.WaitGroup
			for _, id := range ids {
				work.Go(func() {
					if _, err := b.edit(t.Context(), g.ID, directory.MemberEdit{Add: members(id)}); err != nil {
						t.Error(err)
					}
				})
			}
			work.Wait()
			b.has(g.ID, ids...)
			b.verify(len(ids))
		})
	}
}

// Several writers change a few groups and users at once. Afterwards every edge leads from an
// existing group to an existing member and back, and no change is half done.
func TestRandomMemberships(t *testing.T) {
	t.Parallel()
	b := newBench(t, itemLocks, steps)
	users, groups := b.users(12), []scim.ID{b.group("a").ID, b.group("b").ID, b.group("c").ID}
	var mu sync.Mutex
	gone := map[scim.ID]bool{}
	var work sync.WaitGroup
	for worker := range 6 {
		work.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(worker)))
			for range testkit.Size(15, 10) {
				err := b.randomly(r, users, groups, func(id scim.ID) {
					mu.Lock()
					defer mu.Unlock()
					gone[id] = true
				})
				if err != nil && !errors.Is(err, directory.ErrNotFound) && !errors.Is(err, directory.ErrCycle) {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	left := len(users)
	for _, id := range users {
		if gone[id] {
			left--
		}
	}
	b.verify(left)
}

// randomly makes one random change of the users and groups.
func (b *bench) randomly(r *rand.Rand, users, groups []scim.ID, deleted func(scim.ID)) error {
	group := groups[r.IntN(len(groups))]
	some := func(n int) (ids []scim.ID) {
		for _, i := range r.Perm(len(users))[:n] {
			ids = append(ids, users[i])
		}
		return ids
	}
	edit := directory.MemberEdit{SkipUnknown: true}
	switch n := r.IntN(100); {
	case n < 30:
		edit.Add = members(some(1 + r.IntN(2))...)
	case n < 50:
		edit.Remove = some(1 + r.IntN(3))
	case n < 65:
		ids := some(7)
		edit.Add, edit.Remove = members(ids[:5]...), ids[5:]
	case n < 75:
		edit.Add = members(groups[r.IntN(len(groups))])
	case n < 94:
		return second(b.replaceLive(group, some(r.IntN(6))))
	case n < 98:
		id := some(1)[0]
		err := b.acme.Users().Delete(b.Context(), id, nil)
		if err == nil {
			deleted(id)
		}
		return err
	default:
		return b.acme.Groups().Delete(b.Context(), group, nil)
	}
	return second(b.edit(b.Context(), group, edit))
}

// replaceLive replaces the members, and does not add ids that were deleted.
func (b *bench) replaceLive(group scim.ID, ids []scim.ID) (directory.ChangeResult, error) {
	var live []scim.ID
	for _, id := range ids {
		if _, err := b.acme.Users().Get(b.Context(), id); err == nil {
			live = append(live, id)
		}
	}
	out, err := b.replaceMembers(b.Context(), group, live)
	if unknown := (*directory.UnknownMembersError)(nil); errors.As(err, &unknown) { // deleted meanwhile
		err = nil
	}
	return out, err
}

// Groups that are created at the same time, with groups as members, all exist afterwards.
func TestParallelNesting(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	inner := b.group("inner")
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			edit := directory.MemberEdit{Add: members(inner.ID)}
			if _, err := b.acme.Groups().Create(t.Context(), group(fmt.Sprint("outer", i), ""), edit); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	b.verify(0)
}
