package directory

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Membership is a group that a user belongs to.
type Membership struct {
	Group   scim.ID
	Display string // the group's displayName
	Direct  bool   // false: through a group that is a member of it
}

// GetWithGroups reads a user and, at the same time, the groups of the user. The errors are
// those of Users.Get and Groups.OfUsers.
func (t Users) GetWithGroups(ctx context.Context, id scim.ID) (u User, groups []Membership, err error) {
	if !ValidID(id) {
		return u, nil, ErrNotFound
	}
	var all map[scim.ID][]Membership
	work, within := errgroup.WithContext(ctx)
	work.Go(func() (err error) { u, err = t.Get(within, id); return err })
	work.Go(func() (err error) { all, err = t.groups().OfUsers(within, []scim.ID{id}); return err })
	err = work.Wait()
	return u, all[id], err
}

// MaxMemberships is the most memberships that one request reads.
const MaxMemberships = 10_000

// OfUsers reads the groups of users, direct and indirect, in the order of the groups' ids.
// It queries ranges of users instead of each user. If the users have more than
// MaxMemberships memberships in total, the error is ErrTooMany.
func (t Groups) OfUsers(ctx context.Context, users []scim.ID) (map[scim.ID][]Membership, error) {
	direct, err := t.directGroups(ctx, users)
	if err != nil {
		return nil, err
	}
	h := &hierarchy{t: t.namespace, names: map[scim.ID]string{}, parents: map[scim.ID][]scim.ID{}}
	if err := h.read(ctx, direct); err != nil {
		return nil, err
	}
	all, sum := make(map[scim.ID][]Membership, len(users)), 0
	for user, groups := range direct {
		found := h.memberships(groups)
		if sum += len(found); sum > MaxMemberships {
			return nil, ErrTooMany
		}
		if len(found) > 0 {
			all[user] = found
		}
	}
	return all, nil
}

// IDsOf returns the ids of the groups that a user or group is a direct member of, in
// order: those that follow the id after, at most limit of them, or all if limit is 0. If
// there are more than MaxScanned groups, the error is ErrTooMany.
func (t Groups) IDsOf(ctx context.Context, member, after scim.ID, limit int) ([]scim.ID, error) {
	if !ValidID(member) {
		return nil, nil
	}
	q := table.Query{PK: t.keys.memberOf(member), Limit: limit}.Prefixed(string(member) + "#")
	if after != "" {
		q.After = string(member) + "#" + string(after)
	}
	return t.idsIn(ctx, q, func(item table.Item) scim.ID { return edgeFrom(item).group })
}

// UserIDs returns the ids of the users in a group, direct and through nested groups, in
// order: those that follow the id after, at most limit of them, or all if limit is 0. A
// group that does not exist has no users. If there are more than MaxScanned memberships,
// the error is ErrTooMany. The other errors are those of Groups.Members.
func (t Groups) UserIDs(ctx context.Context, group, after scim.ID, limit int) (ids []scim.ID, err error) {
	if !ValidID(group) {
		return nil, nil
	}
	for n, again := 1, true; again; n++ {
		below, err := t.groupsBelow(ctx, group)
		if err != nil || !slices.ContainsFunc(below, func(r Resource) bool { return r.ID == group }) {
			return nil, err
		}
		if ids, err = t.usersIn(ctx, below, after, limit); err != nil {
			return nil, err
		}
		changed, large, err := t.changedSince(ctx, below, indices(below))
		if err != nil {
			return nil, err
		}
		if again, err = readsAgain(n, changed, large); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// groupsBelow reads a group and those nested in it, as far as they exist, and finishes their
// pending changes.
func (t Groups) groupsBelow(ctx context.Context, group scim.ID) (all []Resource, err error) {
	var mu sync.Mutex
	found := map[scim.ID]Resource{} // as it was at its first reading, if it is on several levels
	_, err = t.levels(ctx, []scim.ID{group}, func(ctx context.Context, id scim.ID) ([]scim.ID, error) {
		g, children, err := t.finishedChildren(ctx, id)
		mu.Lock()
		defer mu.Unlock()
		if _, known := found[id]; !known && g.ID != "" {
			found[id] = g.Resource
		}
		return children, err
	})
	return slices.Collect(maps.Values(found)), err
}

// usersIn returns the ids of the users who are direct members of some groups, see UserIDs.
func (t Groups) usersIn(ctx context.Context, groups []Resource, after scim.ID, limit int) (ids []scim.ID, err error) {
	for _, group := range groups {
		some, err := t.usersAfter(ctx, group.ID, after, limit)
		if ids = append(ids, some...); err == nil && len(ids) > MaxScanned {
			err = ErrTooMany
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); limit > 0 {
		ids = ids[:min(limit, len(ids))]
	}
	return ids, nil
}

// usersAfter returns the ids of the users who are direct members of a group: those that
// follow the id after, at most limit of them, or all if limit is 0.
func (t Groups) usersAfter(ctx context.Context, group, after scim.ID, limit int) ([]scim.ID, error) {
	prefix := UserKind.letter() + "#"
	q := table.Query{PK: t.keys.members(group), Limit: limit}.Prefixed(prefix)
	if after != "" {
		q.After = prefix + string(after)
	}
	return t.idsIn(ctx, q, func(edge table.Item) scim.ID { return memberFrom(edge).ID })
}

func ignoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
