package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Delete removes a user with its claims and memberships: once it returns, no group lists
// the user. It first marks the user as being deleted. From then on reads answer
// ErrNotFound, no group accepts the user, and any request that reads the mark can finish
// the deletion. The errors are ErrNotFound, ErrVersion, ErrContention and ErrUnavailable;
// after ErrUnavailable, function changes finishes the deletion.
func (t Users) Delete(ctx context.Context, id scim.ID, match Match) error {
	return t.delete(ctx, UserKind, id, match)
}

// Delete removes a group as Users.Delete does a user. Its members stay.
func (t Groups) Delete(ctx context.Context, id scim.ID, match Match) error {
	return t.delete(ctx, GroupKind, id, match)
}

func (t *namespace) delete(ctx context.Context, k Kind, id scim.ID, match Match) error {
	if !ValidID(id) {
		return ErrNotFound
	}
	var marked table.Item
	err := table.RetryIfChanged(ctx, func() (err error) {
		marked, err = t.mark(ctx, k, id, match)
		return err
	})
	if marked == nil {
		return err
	}
	if err == nil {
		delete(marked, "marker") // the tombstone needs it only if the answer was lost
	}
	if unfinished := t.finishDeletion(ctx, k, marked); unfinished != nil {
		return unfinished
	}
	return err
}

// mark sets the mark of deletion and returns the marked item. If another request has set
// the mark, it returns the item and ErrNotFound. The caller then finishes the deletion,
// because that request may have been interrupted.
func (t *namespace) mark(ctx context.Context, k Kind, id scim.ID, match Match) (table.Item, error) {
	condition, values := "attribute_exists(PK) AND attribute_not_exists(#deleting)", table.Item{}
	if match != nil {
		item, err := t.d.db.Get(ctx, t.keys.resource(k, id))
		switch {
		case err != nil:
			return nil, err
		case item != nil && !exists(item):
			return item, ErrNotFound
		case item != nil && !match(item.Int("version")):
			return nil, ErrVersion
		}
		condition, values = condition+" AND #version = :old", table.Item{"old": item.Int("version")}
	}
	item, err := t.d.db.WriteReturning(ctx, func(stamp table.Stamp) table.Write {
		set := table.Item{"deleting": scim.FormatTime(t.d.instant()), "marker": string(stamp)}
		addLogStamp(ctx, set)
		return table.Update(t.keys.resource(k, id), set).Adding("version", 1).WithCondition(condition, values)
	})
	err = t.resolveLostAnswer(ctx, k, id, 0, err)
	failed := table.FailedConditions(err)
	if failed == nil {
		return item, err
	}
	switch current := failed.Failures[0].Item; {
	case current == nil:
		return nil, ErrNotFound
	case !exists(current):
		return current, ErrNotFound
	}
	return nil, table.ErrItemChanged
}

// finishDeletion removes the members and memberships of a marked resource, and then the
// resource with its claims and look-ups. It also corrects the count.
func (t *namespace) finishDeletion(ctx context.Context, k Kind, item table.Item) error {
	r, err := resourceFrom(item)
	if err != nil {
		return err
	}
	switch {
	case k == GroupKind:
		err = t.groups().removeMembers(ctx, r.ID, r.pending != "")
	case k == TeamKind:
		err = t.teams().removeMembers(ctx, r.ID)
	case item.Text("teams") != "":
		err = t.leaveTeams(ctx, r.ID, leaveStamp(item, Member{ID: r.ID, Kind: k}))
	}
	if err != nil {
		return err
	}
	tombstone := t.tombstone(k, r, t.d.recentMarker(item))
	last := func() []table.Write {
		writes := t.deleteWrites(
			k,
			r,
			table.Delete(t.keys.resource(k, r.ID)).WithCondition("attribute_exists(#deleting)", nil),
		)
		return append(writes, tombstone...)
	}
	if k == UserKind || k == GroupKind {
		m := Member{ID: r.ID, Kind: k}
		return t.groups().leaveGroups(ctx, m, leaveStamp(item, m), last)
	}
	return t.d.endMemberships(ctx, nil, last)
}

// deleteWrites returns the writes that delete a resource: first that of its item, then
// those of its claims, its look-ups and the count. The claim of a team that has become a
// group belongs to the group.
func (t *namespace) deleteWrites(k Kind, r Resource, removal table.Write) []table.Write {
	writes := []table.Write{removal}
	if !r.connected {
		for _, c := range t.claimsOf(k, r.Doc) {
			writes = append(writes, releaseClaim(c, r.ID))
		}
	}
	writes = append(writes, t.lookupWrites(k, r, deleteWrite)...)
	return append(writes, t.countWrite(k, -1))
}

// existsCondition is the condition that a resource exists and is not being deleted.
const existsCondition = "attribute_exists(PK) AND attribute_not_exists(#deleting)"

// removeMembers removes the steps of a pending change of a marked group, and then its
// members. A transaction of the change needs its step, so none adds an edge after that.
// If a change was pending, the edges of a step that was just carried out may not be readable
// yet, so it waits for them.
func (t Groups) removeMembers(ctx context.Context, group scim.ID, pending bool) error {
	if err := t.dropSteps(ctx, group, ""); err != nil {
		return err
	}
	if pending {
		if err := t.d.settle(ctx); err != nil {
			return err
		}
	}
	return t.removeEdgesOf(ctx, group)
}

// removeEdgesOf removes the edges from a group to its members. Each reverse edge is removed before
// the forward edge, so that a retry after an interruption finds it by the forward edge.
func (t Groups) removeEdgesOf(ctx context.Context, group scim.ID) error {
	return t.d.db.DeleteRange(ctx, table.Query{PK: t.keys.members(group)}, func(edge table.Item) []table.Key {
		return []table.Key{t.keys.membership(memberFrom(edge).ID, group)}
	})
}
