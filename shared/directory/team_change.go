package directory

import (
	"context"
	"slices"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MaxTeamEdit is the most persons that one edit adds to a team and removes from it:
// as many as one transaction takes.
const MaxTeamEdit = 30

// TeamEdit is what becomes of a team's members. No id stands in both lists, and the
// two have at most MaxTeamEdit ids.
type TeamEdit struct{ Add, Remove []scim.ID }

// Edit puts accounts and users of this tenant into a team and takes persons out,
// all in one transaction, and returns which of them were in it before. Who is in it
// already stays, and who is not stays out; an edit that changes nothing writes nothing
// and moves no version. The errors are ErrNotFound, *UnknownMembersError for who is to
// be added and neither has an account nor is a user of this tenant, ErrContention and
// ErrUnavailable.
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

// teamChange is an edit of a team with what it meets.
type teamChange struct {
	*namespace
	team    scim.ID
	edit    TeamEdit
	members map[scim.ID]bool // in the team
	kinds   map[scim.ID]Kind // of those to be added that exist
}

// newChange reads, in one call, the team, which of the edit's persons are in it, and
// what those are who are to be added.
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

// personKind tells an account from a user.
func personKind(item table.Item) Kind {
	w, _ := workItemOf(item.Text("PK"), item.Text("SK"))
	return w.kind
}

// findMissing looks again for those who were not found: an account may have become a
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

// unknown returns who is to be added and was not found.
func (c *teamChange) unknown() (ids []scim.ID) {
	for _, id := range c.edit.Add {
		if !c.members[id] && c.kinds[id] == "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// changes reports whether anybody comes or goes.
func (c *teamChange) changes() bool {
	return slices.ContainsFunc(c.edit.Add, func(id scim.ID) bool { return !c.members[id] }) ||
		slices.ContainsFunc(c.edit.Remove, func(id scim.ID) bool { return c.members[id] })
}

// writes makes the transaction. It also checks the memberships that the edit leaves
// unchanged, so that results are serializable.
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
