package directory

import (
	"context"
	"slices"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MemberEdit says which members a request adds and removes. No id occurs twice in it.
type MemberEdit struct {
	Add    []Member
	Remove []scim.ID
	// SkipUnknown leaves out members that do not exist. Without it, the error for them is an
	// *UnknownMembersError.
	SkipUnknown bool
	// Replaces says that the edit removes all earlier members. If it also adds members, at
	// least one of them must exist: otherwise a request that names only unknown members
	// would empty the group.
	Replaces bool
}

// UnknownMembersError says which members to be added do not exist in the tenant, or are of
// another kind than the client said.
type UnknownMembersError struct {
	IDs   []scim.ID
	Typed bool // the client named the kind of at least one
}

// Error says that members are unknown, without their ids.
func (e *UnknownMembersError) Error() string { return "directory: unknown members" }

// change is a change of a group's members, and possibly of the group itself, that is being
// written.
type change struct {
	*namespace
	group scim.ID
	// groupWrites returns the writes of the group itself, which come first. more are
	// further attributes of the group.
	groupWrites func(stamp table.Stamp, more table.Item) []table.Write
	edit        MemberEdit
	memberKinds map[scim.ID]Kind // the ids of the edit that are members now
	exact       bool             // the condition on the group's version guarantees memberKinds
	nextVersion int64            // the group's version after the change, if one write of the group suffices
	membersOnly bool             // the group itself is written only if members change

	sent        []table.Write // the writes of the last transaction
	resolved    bool          // resolveKinds was called
	skipped     []scim.ID
	wrote       bool // the change was written
	inManySteps bool // the change was written in steps
}

// execute writes the change, unless it changes nothing. It assumes that members of unknown
// kind are users until DynamoDB refuses one; then it looks up the kinds. The caller
// classifies other failures.
func (c *change) execute(ctx context.Context) error {
	for range table.MaxAttempts {
		actions := c.actions()
		if actions == 0 && c.membersOnly {
			return nil
		}
		large := c.large(actions)
		if (large || c.hasInvalidID()) && !c.resolved {
			if err := c.resolveKinds(ctx); err != nil {
				return err
			}
			continue
		}
		err := c.write(ctx, large)
		if !c.onlyMembersMissing(err) {
			return err
		}
		if err := c.resolveKinds(ctx); err != nil {
			return err
		}
	}
	return ErrContention
}

// large reports whether a change with so many actions on members needs more than one
// transaction.
func (c *change) large(actions int) bool {
	return actions+len(c.groupWrites("", nil))+c.guardCount() > maxActions ||
		c.d.step < maxStep && actions > c.d.step*actionsPerAdd
}

// guardCount is the number of writes that nestingGuard returns.
func (c *change) guardCount() int {
	if slices.ContainsFunc(c.edit.Add, func(m Member) bool { return m.Kind == GroupKind }) {
		return 1
	}
	return 0
}

func (c *change) write(ctx context.Context, large bool) error {
	guard, err := c.nestingGuard(ctx)
	if err != nil {
		return err
	}
	c.inManySteps = large
	if large {
		err = c.inSteps(ctx, guard)
	} else {
		err = c.inOneTransaction(ctx, guard)
	}
	c.wrote = err == nil
	return err
}

// hasInvalidID reports whether an id to be added is invalid.
func (c *change) hasInvalidID() bool {
	return slices.ContainsFunc(c.edit.Add, func(m Member) bool { return !ValidID(m.ID) })
}

// actions counts the actions on members in a transaction of the edit. It returns 0 if the
// edit changes no member and the group itself is not written either.
func (c *change) actions() int {
	n, changes := 0, 0
	for _, m := range c.edit.Add {
		if c.isMember(m.ID) {
			n++
		} else {
			n, changes = n+actionsPerAdd, changes+1
		}
	}
	for _, id := range c.edit.Remove {
		if c.isMember(id) {
			n, changes = n+actionsPerRemove, changes+1
		} else {
			n++
		}
	}
	if changes == 0 && c.membersOnly {
		return 0
	}
	return n
}

func (c *change) isMember(id scim.ID) bool {
	_, member := c.memberKinds[id]
	return member
}

// The numbers of actions that add a member to a group, and that remove one.
const (
	actionsPerAdd    = 3
	actionsPerRemove = 2
)

// inOneTransaction writes the change in one transaction. The transaction also checks the
// memberships that the edit leaves unchanged, so that results are serializable.
func (c *change) inOneTransaction(ctx context.Context, guard []table.Write) error {
	return c.changeResource(
		ctx,
		GroupKind,
		Resource{ID: c.group, Version: c.nextVersion - 1},
		func(stamp table.Stamp) []table.Write {
			c.sent = append(append(c.groupWrites(stamp, nil), guard...), c.edgeWrites()...)
			return c.sent
		},
		nil,
	)
}

func (c *change) edgeWrites() (writes []table.Write) {
	for _, m := range c.edit.Add {
		switch {
		case !c.isMember(m.ID):
			writes = append(writes, c.groups().addEdges(c.group, withDefaultKind(m))...)
		case !c.exact:
			writes = append(writes, table.Check(c.keys.membership(m.ID, c.group), "attribute_exists(PK)", nil))
		}
	}
	for _, id := range c.edit.Remove {
		kind, member := c.memberKinds[id]
		switch {
		case member:
			writes = append(writes, c.groups().removeEdges(c.group, Member{ID: id, Kind: kind})...)
		case !c.exact && ValidID(id):
			writes = append(writes, table.Check(c.keys.membership(id, c.group), "attribute_not_exists(PK)", nil))
		}
	}
	return writes
}

// withDefaultKind makes a member of unknown kind a user.
func withDefaultKind(m Member) Member {
	if m.Kind == "" {
		m.Kind = UserKind
	}
	return m
}

// onlyMembersMissing reports whether a transaction failed only because members do not
// exist or are of another kind.
func (c *change) onlyMembersMissing(err error) bool {
	failed := table.FailedConditions(err)
	if failed == nil || c.inManySteps {
		return false
	}
	members := map[table.Key]bool{}
	for _, m := range c.edit.Add {
		members[c.keys.resource(withDefaultKind(m).Kind, m.ID)] = true
	}
	return !slices.ContainsFunc(failed.Failures, func(f table.Failure) bool { return !members[c.sent[f.Index].Key] })
}

// resolveKinds looks up the kinds of the members to be added, and leaves out or refuses
// those that do not exist.
func (c *change) resolveKinds(ctx context.Context) error {
	c.resolved = true
	kinds, err := c.findKinds(ctx)
	if err != nil {
		return err
	}
	var unknown []scim.ID
	var known []Member
	typed := false
	for _, m := range c.edit.Add {
		kind, member := c.memberKinds[m.ID]
		if !member {
			kind = kinds[m.ID]
		}
		if kind == "" {
			unknown, typed = append(unknown, m.ID), typed || m.Kind != ""
			continue
		}
		m.Kind = kind
		known = append(known, m)
	}
	if len(unknown) > 0 && (!c.edit.SkipUnknown || c.edit.Replaces && len(known) == 0) {
		return &UnknownMembersError{unknown, typed}
	}
	c.edit.Add, c.skipped = known, append(c.skipped, unknown...)
	return nil
}

// findKinds looks up the members to be added: all as users first, and those not found as
// groups.
func (c *change) findKinds(ctx context.Context) (map[scim.ID]Kind, error) {
	found := map[scim.ID]Kind{}
	for _, kind := range []Kind{UserKind, GroupKind} {
		var ids []scim.ID
		for _, m := range c.edit.Add {
			if !c.isMember(m.ID) && found[m.ID] == "" && (m.Kind == "" || m.Kind == kind) && ValidID(m.ID) {
				ids = append(ids, m.ID)
			}
		}
		items, err := c.items(ctx, kind, ids)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			found[itemID(item)] = kind
		}
	}
	return found, nil
}
