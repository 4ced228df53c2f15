package directory

import (
	"context"
	"slices"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MaxTeamEdit is the most persons that one edit adds to a team and removes from it: the
// maximum of one transaction.
const MaxTeamEdit = 30

// TeamEdit says which members an edit adds to a team and removes. No id may be in both
// lists, and both lists have at most MaxTeamEdit ids.
type TeamEdit struct{ Add, Remove []scim.ID }

// Edit adds accounts and users of this tenant to a team and removes persons, all in one
// transaction, and returns which of them were members before. Adding a member and removing
// a non-member is a no-op; an edit without effect writes nothing and keeps the version.
// The errors are ErrNotFound, *UnknownMembersError for persons to be added who are neither
// an account nor a user of this tenant, ErrContention and ErrUnavailable.
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
		return asItemChanged(t.d.db.Transact(ctx, c.writes)) // somebody came, went, or became a user
	})
	return were, err
}

// teamChange is an edit of a team with the state that it read.
type teamChange struct {
	*namespace
	team    scim.ID
	edit    TeamEdit
	members map[scim.ID]bool // in the team
	kinds   map[scim.ID]Kind // of those to be added that exist
}

// newChange reads, in one call, the team, the memberships of the edit's persons, and the
// kinds of the persons to be added.
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

// personKind returns whether an item is an account or a user.
func personKind(item table.Item) Kind {
	w, _ := workItemOf(item.Text("PK"), item.Text("SK"))
	return w.kind
}

// findMissing reads again the persons who were not found: an account may have become a
// user between the two reads, never the other way round.
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

// unknown returns the ids to be added that were not found.
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

// writes returns the writes of the transaction. It also checks the memberships that the
// edit leaves unchanged, so that results are serializable.
func (c *teamChange) writes(table.Stamp) []table.Write {
	all := []table.Write{c.d.versionWrite(c.keys.resource(TeamKind, c.team))}
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
