package directory

import (
	"context"
	"errors"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Group is a group as stored, without its members.
type Group struct{ Resource }

func groupFrom(item table.Item) (Group, error) {
	r, err := resourceFrom(item)
	return Group{r}, err
}

// Create stores a new group with its members. A team that holds the displayName becomes
// that group, if that is approved. The errors are *TakenError for the displayName,
// *UnknownMembersError, ErrCycle, ErrDepth, ErrUnavailable, and an *scim.Error for a
// document that can't be stored.
func (t Groups) Create(ctx context.Context, doc scim.Value, members MemberEdit) (out ChangeResult, err error) {
	err = table.RetryIfChanged(ctx, func() (err error) {
		out, err = t.create(ctx, Group{t.newResource(doc)}, members, nil)
		if taken, ok := errors.AsType[*TakenError](withAttempt(err, GroupKind, "", doc)); ok {
			out, err = t.connectTeam(ctx, doc, members, taken)
		}
		return withAttempt(err, GroupKind, "", doc)
	})
	return out, err
}

// create stores a new group along with other writes. Those fail only on a concurrent
// update; then the error is table.ErrItemChanged.
func (t Groups) create(ctx context.Context, g Group, members MemberEdit, more []table.Write) (ChangeResult, error) {
	name, err := t.newNameClaim(g.Doc)
	if err != nil {
		return ChangeResult{}, err
	}
	item, err := g.item()
	if err != nil {
		return ChangeResult{}, err
	}
	c := &change{namespace: t.namespace, group: g.ID, edit: members, exact: true}
	c.groupWrites = func(_ table.Stamp, marks table.Item) []table.Write {
		own := merged(item, marks)
		c.addLogStamp(ctx, own, nil)
		return append(append(t.createWrites(GroupKind, g.Resource, own, name), t.countWrite(GroupKind, 1)), more...)
	}
	err = t.finishingDeletes(ctx, func() error { return t.classifyFailure(ctx, g.ID, c.execute(ctx), name) })
	return c.outcome(g, !c.inManySteps), err
}

// outcome returns the result of the change after it has been written.
func (c *change) outcome(g Group, exact bool) ChangeResult {
	out := ChangeResult{Group: g, Exact: exact, Skipped: c.skipped, Written: c.wrote}
	for _, m := range c.edit.Add {
		if _, held := c.memberKinds[m.ID]; !held {
			out.Added = append(out.Added, withDefaultKind(m))
		}
	}
	return out
}

// merged returns an item with more attributes.
func merged(item, more table.Item) table.Item {
	all := table.Item{}
	for name, value := range item {
		all[name] = value
	}
	for name, value := range more {
		all[name] = value
	}
	return all
}

// Draft is a group as read for a change.
type Draft struct {
	Group
	t           *namespace
	checked     map[scim.ID]bool // the ids whose membership was read
	memberKinds map[scim.ID]Kind // the kinds of those that are members
	readAll     bool             // all members were read
}

// Members reads all members. After that, the edit is written only if the members are still
// the same; otherwise Groups.Change calls edit again.
func (d *Draft) Members(ctx context.Context) ([]Member, error) {
	all, err := d.t.groups().membersOfOne(ctx, d.ID, 0)
	d.readAll, d.memberKinds = true, map[scim.ID]Kind{}
	for _, m := range all {
		d.memberKinds[m.ID] = m.Kind
	}
	return all, err
}

// Edit is the change of a group by a request.
type Edit struct {
	Doc     scim.Value // without members; the same as the draft's if it does not change
	Members MemberEdit
}

// ChangeResult is the outcome of a change of a group.
type ChangeResult struct {
	Group   Group
	Exact   bool      // Group is the stored group; otherwise other requests may have changed it too
	Added   []Member  // with their kinds
	Skipped []scim.ID // members that do not exist
	Written bool      // false if the edit changed nothing
}

// Change lets edit decide on a change of a group and writes it: in one transaction, or
// step by step if it is too large. An edit without effect writes nothing and keeps the
// version. Edits that change only members, and have not called Draft.Members, do not
// conflict with each other. For other edits, edit is called again if the version of the
// group has changed meanwhile. members are ids to be added or removed, as far as the caller
// knows them before the edit: they are read together with the group, which saves a call.
// The errors are ErrNotFound, ErrVersion, ErrContention, those of Groups.Create and those of
// edit.
func (t Groups) Change(
	ctx context.Context,
	id scim.ID,
	match Match,
	members []scim.ID,
	edit func(*Draft) (Edit, error),
) (out ChangeResult, err error) {
	err = readModifyWrite(
		ctx,
		t.namespace,
		match,
		func() (*Draft, error) { return t.draft(ctx, id, members) },
		edit,
		func(d *Draft, e Edit) error {
			out, err = t.apply(ctx, d, e, match != nil)
			return withAttempt(err, GroupKind, id, e.Doc)
		},
	)
	return out, err
}

// draft reads a group, and which of the ids in members are its members. If the group has a
// pending change, it finishes the change, and the error is table.ErrItemChanged.
func (t Groups) draft(ctx context.Context, id scim.ID, members []scim.ID) (*Draft, error) {
	if !ValidID(id) {
		return nil, ErrNotFound
	}
	d := &Draft{t: t.namespace, checked: map[scim.ID]bool{}, memberKinds: map[scim.ID]Kind{}}
	keys := append(t.keys.memberships(id, d.newIDs(members)), t.keys.resource(GroupKind, id))
	items, err := t.d.db.GetAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	var own table.Item
	for _, item := range items {
		if item.Text("PK") == t.keys.partition(GroupKind) {
			own = item
			continue
		}
		edge := edgeFrom(item)
		d.memberKinds[edge.ID] = edge.Kind
	}
	if !exists(own) {
		t.finishDeletions(ctx, GroupKind, own)
		return nil, ErrNotFound
	}
	if d.Group, err = groupFrom(own); err == nil && d.pending != "" {
		if err = t.finishChange(ctx, id, d.pending); err == nil {
			err = table.ErrItemChanged
		}
	}
	return d, err
}

// newIDs returns each id that is not checked yet, once, and marks it as checked.
func (d *Draft) newIDs(ids []scim.ID) (fresh []scim.ID) {
	for _, id := range ids {
		if !d.checked[id] && ValidID(id) {
			d.checked[id] = true
			fresh = append(fresh, id)
		}
	}
	return fresh
}

// readMemberKinds reads which of the edit's ids are members.
func (d *Draft) readMemberKinds(ctx context.Context, e MemberEdit) error {
	if d.readAll {
		return nil
	}
	ids := append([]scim.ID{}, e.Remove...)
	for _, m := range e.Add {
		ids = append(ids, m.ID)
	}
	held, err := d.t.groups().kindsAmong(ctx, d.ID, d.newIDs(ids))
	for id, kind := range held {
		d.memberKinds[id] = kind
	}
	return err
}

// apply writes an edit of a draft. If versioned is true, the group must still have the version
// that was read.
func (t Groups) apply(ctx context.Context, d *Draft, e Edit, versioned bool) (ChangeResult, error) {
	if err := d.readMemberKinds(ctx, e.Members); err != nil {
		return ChangeResult{}, err
	}
	renamed := e.Doc.JSON() != d.Doc.JSON()
	c := &change{
		namespace:   t.namespace,
		group:       d.ID,
		edit:        e.Members,
		memberKinds: d.memberKinds,
		exact:       d.readAll,
		membersOnly: !renamed,
		nextVersion: d.Version + 1,
	}
	versioned = versioned || d.readAll || renamed
	now := d.Group
	now.Doc, now.Version, now.LastModified = e.Doc, d.Version+1, t.d.instant()
	claimed, err := c.prepare(ctx, d.Group, now, versioned)
	if err == nil {
		err = t.classifyFailure(ctx, d.ID, c.execute(ctx), claimed)
	}
	if !c.wrote {
		return c.outcome(d.Group, true), err
	}
	return c.outcome(now, versioned && !c.inManySteps), err
}

// prepare prepares the writes of the group itself and of its claims. It returns the new
// claims, whose writes follow that of the group.
func (c *change) prepare(ctx context.Context, old, now Group, versioned bool) ([]claim, error) {
	name, err := c.newNameClaim(now.Doc)
	if err != nil {
		return nil, err
	}
	item, err := now.item()
	if err != nil {
		return nil, err
	}
	stored := old.attributes(old.Doc.JSON())
	stored["writer"] = old.writer
	claimed, released := without(name, c.nameClaim(old.Doc)), without(c.nameClaim(old.Doc), name)
	set, condition, values := table.Item{
		"modified": item["modified"],
	}, existsCondition+" AND attribute_not_exists(#pending)", table.Item{}
	if versioned {
		set["doc"], condition, values = item["doc"], condition+" AND #version = :old", table.Item{"old": old.Version}
	}
	c.groupWrites = func(stamp table.Stamp, more table.Item) []table.Write {
		own := merged(set, more)
		if versioned {
			own["writer"] = c.d.nextStamps(old.Resource, stamp)
		}
		c.addLogStamp(ctx, own, stored)
		group := table.Update(c.keys.resource(GroupKind, c.group), own).
			Adding("version", 1).
			WithCondition(condition, values)
		return append([]table.Write{group}, c.changeWrites(GroupKind, old.Resource, now.Resource, claimed, released)...)
	}
	return claimed, nil
}

// classifyFailure returns the error for a failed change. A failed condition of the group
// itself comes first, then those of the new claims. If another condition failed, an item has
// changed since it was read: the error is table.ErrItemChanged. It finishes a pending change
// of the group by another request.
func (t Groups) classifyFailure(ctx context.Context, id scim.ID, err error, claimed []claim) error {
	failed := table.FailedConditions(err)
	if failed == nil {
		return err
	}
	if own := failed.At(0); own != nil {
		if !exists(own.Item) {
			t.finishDeletions(ctx, GroupKind, own.Item)
			return ErrNotFound
		}
		if pending := own.Item.Text("pending"); pending != "" {
			if err := t.finishChange(ctx, id, pending); err != nil {
				return err
			}
		}
		return table.ErrItemChanged
	}
	if e := t.takenError(failed, claimed, 1); e != nil {
		return e
	}
	return table.ErrItemChanged
}
