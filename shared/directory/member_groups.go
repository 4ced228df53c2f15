package directory

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
)

// Membership is a group that a user belongs to.
type Membership struct {
	Group   scim.ID
	Display string // the group's displayName
	Direct  bool   // false: through a group that is a member of it
}

// UserWithGroups reads a user and, at the same time, the groups of the user. The
// errors are those of User and GroupsOf.
func (t *Tenant) UserWithGroups(ctx context.Context, id scim.ID) (u User, groups []Membership, err error) {
	if !Plausible(id) {
		return u, nil, ErrNotFound
	}
	var all map[scim.ID][]Membership
	work, within := errgroup.WithContext(ctx)
	work.Go(func() (err error) { u, err = t.User(within, id); return err })
	work.Go(func() (err error) { all, err = t.GroupsOf(within, []scim.ID{id}); return err })
	err = work.Wait()
	return u, all[id], err
}

// MaxEdges is the most memberships that one request reads.
const MaxEdges = 10_000

// GroupsOf reads the groups of users, direct and indirect, in the order of the
// groups' ids. It asks for ranges of users, not for each. More than MaxEdges
// memberships of all users together are ErrTooMany.
func (t *Tenant) GroupsOf(ctx context.Context, users []scim.ID) (map[scim.ID][]Membership, error) {
	direct, err := t.groupsAbove(ctx, users)
	if err != nil {
		return nil, err
	}
	h := &hierarchy{t: t, names: map[scim.ID]string{}, above: map[scim.ID][]scim.ID{}}
	if err := h.learn(ctx, direct); err != nil {
		return nil, err
	}
	all, sum := make(map[scim.ID][]Membership, len(users)), 0
	for user, groups := range direct {
		found := h.memberships(groups)
		if sum += len(found); sum > MaxEdges {
			return nil, ErrTooMany
		}
		if len(found) > 0 {
			all[user] = found
		}
	}
	return all, nil
}

// GroupIDsOf returns the ids of the groups that a user or group is a direct member
// of, in order.
func (t *Tenant) GroupIDsOf(ctx context.Context, member scim.ID) ([]scim.ID, error) {
	if !Plausible(member) {
		return nil, nil
	}
	return t.above(ctx, member)
}

// UserIDsIn returns the ids of all users in a group, direct and through groups
// that are members of it, in order. A group that does not exist has none.
func (t *Tenant) UserIDsIn(ctx context.Context, group scim.ID) ([]scim.ID, error) {
	if !Plausible(group) {
		return nil, nil
	}
	if _, err := t.Group(ctx, group); err != nil {
		return nil, noneFound(err)
	}
	levels, err := t.levels(ctx, []scim.ID{group}, t.below)
	if err != nil {
		return nil, err
	}
	users := map[scim.ID]bool{}
	for _, level := range levels {
		for id := range level {
			members, err := t.members(ctx, id, 0)
			if err != nil {
				return nil, err
			}
			for _, m := range members {
				if m.Kind == UserKind {
					users[m.ID] = true
				}
			}
		}
	}
	ids := make([]scim.ID, 0, len(users))
	for id := range users {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, nil
}

func noneFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
