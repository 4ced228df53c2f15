package directory

import (
	"context"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory/table"
	"scimserver/shared/scim"
)

// DeleteUser removes a user with everything that it claims and with its
// memberships: once it returns, no group lists the user. A mark on the user comes
// first; from then on nobody finds the user and no group takes it in, and whoever
// meets the mark may do the rest. The errors are ErrNotFound, ErrVersion,
// ErrContention and ErrUnavailable; after the last the deletion goes on by itself.
func (t *Tenant) DeleteUser(ctx context.Context, id scim.ID, match Match) error {
	return t.delete(ctx, UserKind, id, match)
}

// DeleteGroup removes a group as DeleteUser does a user. Its members stay.
func (t *Tenant) DeleteGroup(ctx context.Context, id scim.ID, match Match) error {
	return t.delete(ctx, GroupKind, id, match)
}

func (t *Tenant) delete(ctx context.Context, k Kind, id scim.ID, match Match) error {
	if !plausible(id) {
		return ErrNotFound
	}
	var marked table.Item
	err := again(ctx, func() (err error) {
		marked, err = t.mark(ctx, k, id, match)
		return err
	})
	if marked == nil {
		return err
	}
	if unfinished := t.finishDeletion(ctx, k, marked); unfinished != nil {
		return unfinished
	}
	return err
}

// mark sets the mark of deletion and returns the resource's item with it. One that
// another request has set is returned along with ErrNotFound: a crash may have left
// it.
func (t *Tenant) mark(ctx context.Context, k Kind, id scim.ID, match Match) (table.Item, error) {
	condition, values := "attribute_exists(PK) AND attribute_not_exists(#deleting)", table.Item{}
	if match != nil {
		item, err := t.d.db.Get(ctx, t.key(k, id))
		switch {
		case err != nil:
			return nil, err
		case item != nil && !alive(item):
			return item, ErrNotFound
		case item != nil && !match(item.Int("version")):
			return nil, ErrVersion
		}
		condition, values = condition+" AND #version = :old", table.Item{"old": item.Int("version")}
	}
	item, err := t.d.db.WriteReturning(ctx, func(stamp table.Stamp) table.Write {
		set := table.Item{"deleting": scim.FormatTime(t.d.instant()), "writer": string(stamp)}
		return table.Update(t.key(k, id), set).Adding("version", 1).Provided(condition, values)
	})
	failed := refusal(err)
	if failed == nil {
		return item, err
	}
	switch stood := failed.Failures[0].Item; {
	case stood == nil:
		return nil, ErrNotFound
	case !alive(stood):
		return stood, ErrNotFound
	}
	return nil, errMoved
}

// finishDeletion removes what a marked resource still has, and then the resource
// with its claims, look-ups and count.
func (t *Tenant) finishDeletion(ctx context.Context, k Kind, item table.Item) error {
	r, err := resourceFrom(item)
	if err != nil {
		return err
	}
	if k == GroupKind {
		if err := t.empty(ctx, r.ID); err != nil {
			return err
		}
	}
	last := func() []table.Write {
		return t.departure(k, r, table.Delete(t.key(k, r.ID)).Provided("attribute_exists(#deleting)", nil))
	}
	if m := (Member{ID: r.ID, Kind: k}); k == UserKind || k == GroupKind {
		return t.detach(ctx, m, last)
	}
	return t.leave(ctx, Member{}, nil, last)
}

// departure makes the writes by which a resource goes: what removes its item comes
// first, then what gives up its claims, its look-ups and its count.
func (t *Tenant) departure(k Kind, r Resource, removal table.Write) []table.Write {
	writes := []table.Write{removal}
	for _, c := range t.claimsOf(k, r.Doc) {
		writes = append(writes, yield(c, r.ID))
	}
	writes = append(writes, t.lookups(k, r, deleting)...)
	return append(writes, t.counted(k, -1))
}

// maxActions is the number of actions a transaction takes.
const maxActions = 100

// edgeBatch is the number of edges that are read at a time to be removed.
const edgeBatch = 1000

// detach removes a marked member from all its groups. The last writes, of which
// the first is on the member itself, are carried out with the last groups.
func (t *Tenant) detach(ctx context.Context, m Member, last func() []table.Write) error {
	room := (maxActions - len(last())) / actionsToLeave
	for {
		edges, next, err := t.d.db.Query(ctx, table.Query{PK: t.memberOfPK(m.ID), Limit: edgeBatch}.Prefixed(string(m.ID)+"#"))
		if err != nil {
			return err
		}
		groups := make([]scim.ID, len(edges))
		for i, edge := range edges {
			groups[i] = reverseEdge(edge).group
		}
		if next == "" && len(groups) <= room {
			return t.leave(ctx, m, groups, last)
		}
		if err := t.leaveAll(ctx, m, groups); err != nil {
			return err
		}
	}
}

// leaveAll removes a member from groups, several transactions at a time: they
// have no item in common.
func (t *Tenant) leaveAll(ctx context.Context, m Member, groups []scim.ID) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(4)
	const step = maxActions / actionsToLeave
	for first := 0; first < len(groups); first += step {
		some := groups[first:min(first+step, len(groups))]
		work.Go(func() error { return t.leave(ctx, m, some, func() []table.Write { return nil }) })
	}
	return work.Wait()
}

// actionsToLeave is the number of actions that take a member out of a group: on
// the group and on both edges.
const actionsToLeave = 3

// leave removes a member from groups in one transaction, behind some other
// writes. A group that has gone meanwhile, or is about to, has its edges removed
// and nothing else.
func (t *Tenant) leave(ctx context.Context, m Member, groups []scim.ID, last func() []table.Write) error {
	gone := make([]bool, len(groups))
	for range 1 + len(groups) {
		first := 0
		err := t.d.db.Transact(ctx, func(stamp table.Stamp) []table.Write {
			writes := last()
			first = len(writes)
			for i, group := range groups {
				if !gone[i] {
					writes = append(writes, t.touched(group, stamp))
				}
			}
			for _, group := range groups {
				writes = append(writes, t.part(group, m)...)
			}
			return writes
		})
		failed := refusal(err)
		if failed == nil || first > 0 && failed.At(0) != nil { // the member itself has gone: another finished this
			return ignoring(err, failed)
		}
		at := first
		for i := range groups {
			if gone[i] {
				continue
			}
			gone[i] = failed.At(at) != nil
			at++
		}
	}
	return ErrContention
}

// ignoring returns err unless it is the refusal that the caller expected.
func ignoring(err error, expected *table.ConditionFailed) error {
	if expected != nil {
		return nil
	}
	return err
}

// touched makes the write that moves a group's version because its members change.
func (t *Tenant) touched(group scim.ID, stamp table.Stamp) table.Write {
	set := table.Item{"modified": scim.FormatTime(t.d.instant()), "writer": string(stamp)}
	return table.Update(t.key(GroupKind, group), set).Adding("version", 1).Provided(lively, nil)
}

// lively is the condition that a resource exists and is not being deleted.
const lively = "attribute_exists(PK) AND attribute_not_exists(#deleting)"

// empty removes the members of a marked group, and the steps of a change that the
// deletion overtook. Reverse edges go first: the forward ones lead to them, should
// this be interrupted.
func (t *Tenant) empty(ctx context.Context, group scim.ID) error {
	for {
		edges, _, err := t.d.db.Query(ctx, table.Query{PK: t.membersPK(group), Limit: edgeBatch})
		if err != nil {
			return err
		}
		if len(edges) == 0 {
			break
		}
		forward, reverse := make([]table.Write, len(edges)), make([]table.Write, len(edges))
		for i, edge := range edges {
			m := memberFrom(edge)
			forward[i], reverse[i] = table.Delete(t.forwardKey(group, m)), table.Delete(t.reverseKey(m.ID, group))
		}
		if err := t.d.db.WriteAll(ctx, reverse); err != nil {
			return err
		}
		if err := t.d.db.WriteAll(ctx, forward); err != nil {
			return err
		}
	}
	return t.dropSteps(ctx, group, "")
}
