package directory

import (
	"context"
	"errors"
	"slices"

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
// the error is ErrTooMany.
func (t Groups) UserIDs(ctx context.Context, group, after scim.ID, limit int) ([]scim.ID, error) {
	if !ValidID(group) {
		return nil, nil
	}
	if _, err := t.Get(ctx, group); err != nil {
		return nil, ignoreNotFound(err)
	}
	levels, err := t.levels(ctx, []scim.ID{group}, t.finishedChildren)
	if err != nil {
		return nil, err
	}
	var ids []scim.ID
	seen := map[scim.ID]bool{}
	for _, level := range levels {
		for id := range level {
			if seen[id] {
				continue
			}
			seen[id] = true
			some, err := t.usersAfter(ctx, id, after, limit)
			if ids = append(ids, some...); err == nil && len(ids) > MaxScanned {
				err = ErrTooMany
			}
			if err != nil {
				return nil, err
			}
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
