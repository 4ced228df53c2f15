package directory

import (
	"context"
	"slices"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MaxTeamEdit is the maximum number of persons that one edit adds or removes. It follows
// from the size of a transaction.
const MaxTeamEdit = 30

// TeamEdit is a change of a team's members. No id may be in both lists, which have at most
// MaxTeamEdit ids together.
type TeamEdit struct{ Add, Remove []scim.ID }

// Edit changes the members of a team in one transaction, and returns which persons of the
// edit were members before. It adds accounts and users of this tenant. Adding a member and
// removing a non-member are no-ops; an edit without effect keeps the team's version. The
// errors are ErrNotFound, ErrContention, ErrUnavailable, and *UnknownMembersError with the
// ids to add that are neither an account nor a user of this tenant.
func (t Teams) Edit(ctx context.Context, id scim.ID, e TeamEdit) (were map[scim.ID]bool, err error) {
	if !ValidID(id) {
		return nil, ErrNotFound
	}
	e.Add = slices.Compact(slices.Sorted(slices.Values(e.Add)))
	e.Remove = slices.DeleteFunc(
		slices.Compact(slices.Sorted(slices.Values(e.Remove))),
		func(id scim.ID) bool { return !ValidID(id) },
	)
	err = table.RetryIfChanged(ctx, func() error {
		c, err := t.newChange(ctx, id, e)
		if err == nil {
			were, err = c.members, c.findMissing(ctx)
		}
		if err != nil || !c.changes() {
			return err
		}
		// A failed condition means that a person joined, left, or became a user meanwhile.
		return asItemChanged(t.d.db.Transact(ctx, c.writes))
	})
	return were, err
}

// teamChange is an edit of a team, with the state that it is based on.
type teamChange struct {
	*namespace
	team    scim.ID
	edit    TeamEdit
	members map[scim.ID]bool // the persons of the edit who are in the team
	kinds   map[scim.ID]Kind // the kinds of the persons to add; unknown persons are missing
}

// newChange reads the team, the memberships of the edit's persons, and the kinds of the
// persons to add, all in one call.
func (t Teams) newChange(ctx context.Context, team scim.ID, e TeamEdit) (*teamChange, error) {
	c := &teamChange{
		namespace: t.namespace,
		team:      team,
		edit:      e,
		members:   map[scim.ID]bool{},
		kinds:     map[scim.ID]Kind{},
	}
	keys := []table.Key{t.keys.resource(TeamKind, team)}
	for _, id := range e.Remove {
		keys = append(keys, t.keys.teamMember(team, id))
	}
	for _, id := range e.Add {
		if ValidID(id) {
			keys = append(
				keys,
				t.keys.teamMember(team, id),
				t.keys.person(AccountKind, id),
				t.keys.person(UserKind, id),
			)
		}
	}
	items, err := t.d.db.GetAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	var own table.Item
	for _, item := range items {
		id := itemID(item)
		switch pk := item.Text("PK"); {
		case pk == t.keys.partition(TeamKind):
			own = item
		case pk == t.keys.teamMembers(team):
			c.members[id] = true
		case exists(item):
			c.kinds[id] = personKind(item)
		}
	}
	if !exists(own) {
		t.finishDeletions(ctx, TeamKind, own)
		return nil, ErrNotFound
	}
	return c, nil
}

// personKind returns whether an item is an account or a user. It returns "" for an edge.
func personKind(item table.Item) Kind {
	w, _ := workItemOf(item.Text("PK"), item.Text("SK"))
	return w.kind
}

// findMissing looks again for the persons who were not found. A batch is not a snapshot: if
// an account becomes a user meanwhile, the batch may contain neither. A user never becomes
// an account, so it is enough to read the users once more.
func (c *teamChange) findMissing(ctx context.Context) error {
	unknown := c.unknown()
	items, err := c.items(
		ctx,
		UserKind,
		slices.DeleteFunc(slices.Clone(unknown), func(id scim.ID) bool { return !ValidID(id) }),
	)
	if err != nil {
		return err
	}
	for _, item := range items {
		c.kinds[itemID(item)] = UserKind
	}
	if len(items) < len(unknown) {
		return &UnknownMembersError{IDs: c.unknown()}
	}
	return nil
}

// unknown returns the ids to add that were not found.
func (c *teamChange) unknown() (ids []scim.ID) {
	for _, id := range c.edit.Add {
		if !c.members[id] && c.kinds[id] == "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// changes reports whether the edit has an effect.
func (c *teamChange) changes() bool {
	return slices.ContainsFunc(c.edit.Add, func(id scim.ID) bool { return !c.members[id] }) ||
		slices.ContainsFunc(c.edit.Remove, func(id scim.ID) bool { return c.members[id] })
}

// writes returns the writes of the transaction. They include conditions on the memberships
// that the edit leaves unchanged, so that results are serializable.
func (c *teamChange) writes(table.Stamp) []table.Write {
	all := []table.Write{c.d.versionWrite(c.keys.resource(TeamKind, c.team), "")}
	for _, id := range c.edit.Add {
		if c.members[id] {
			all = append(all, table.Check(c.keys.teamMember(c.team, id), "attribute_exists(PK)", nil))
		} else {
			all = append(all, c.teams().addEdges(c.team, c.kinds[id], id)...)
		}
	}
	for _, id := range c.edit.Remove {
		if c.members[id] {
			all = append(all, c.teams().removeEdges(c.team, id)...)
		} else {
			all = append(all, table.Check(c.keys.teamMember(c.team, id), "attribute_not_exists(PK)", nil))
		}
	}
	return all
}
