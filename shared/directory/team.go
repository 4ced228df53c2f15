package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Team is a team as stored, without its members: made by hand next to the tenant's
// groups, and out of reach of SCIM. It shares their claims on names, so that no
// group has the name of a team.
type Team struct{ Resource }

// Name returns the team's name.
func (t Team) Name() string { return t.Doc.Get("displayName").Text() }

func teamFrom(item table.Item) (Team, error) {
	r, err := resourceFrom(item)
	return Team{r}, err
}

// named is the document of a team.
func named(name string) scim.Value {
	return scim.Map(scim.Member{Name: "displayName", Value: scim.Text(name)})
}

// CreateTeam stores a new team without members. The errors are *TakenError for the
// name, ErrUnavailable, and an *scim.Error for a name that can't be stored.
func (t *Tenant) CreateTeam(ctx context.Context, name string) (Team, error) {
	team := Team{t.newResource(named(name))}
	claims, err := t.nameOf(team.Doc)
	if err != nil {
		return Team{}, err
	}
	item, err := team.item()
	if err != nil {
		return Team{}, err
	}
	err = t.freeing(ctx, func() error {
		return t.overtaken(t.d.db.Change(ctx, func(table.Stamp) []table.Write {
			return append(t.arrival(TeamKind, team.Resource, item, claims), t.counted(TeamKind, 1))
		}, func(ctx context.Context) error { return t.checkFree(ctx, claims, team.ID) }), claims)
	})
	return team, err
}

// Team reads a team. The errors are ErrNotFound and ErrUnavailable.
func (t *Tenant) Team(ctx context.Context, id scim.ID) (Team, error) {
	item, err := t.get(ctx, TeamKind, id)
	if err != nil {
		return Team{}, err
	}
	return teamFrom(item)
}

// TeamByName reads the team of a name, in whatever case and form. The errors are
// ErrNotFound, also where a group has the name, and ErrUnavailable.
func (t *Tenant) TeamByName(ctx context.Context, name string) (Team, error) {
	return holder(ctx, t, t.nameKey(scim.Fold(name)), t.Team)
}

// Teams reads a page of the tenant's teams in the order of their ids: at most limit
// of them behind one. next is where to go on, "" at the end.
func (t *Tenant) Teams(ctx context.Context, after scim.ID, limit int) (page []Team, next scim.ID, err error) {
	found, more, err := t.Page(ctx, TeamKind, after, limit)
	for _, r := range found {
		page = append(page, Team{r})
		next = r.ID
	}
	if !more {
		next = ""
	}
	return page, next, err
}

// RenameTeam gives a team another name. The name that it has already writes nothing.
// The errors are ErrNotFound, ErrVersion, ErrContention and those of CreateTeam.
func (t *Tenant) RenameTeam(ctx context.Context, id scim.ID, match Match, name string) (team Team, err error) {
	read := func() (Team, error) { return t.Team(ctx, id) }
	edit := func(Team) (scim.Value, error) { return named(name), nil }
	err = edited(ctx, t, match, read, edit, func(old Team, doc scim.Value) (err error) {
		team, err = t.storeTeam(ctx, old, doc)
		return err
	})
	return team, err
}

// storeTeam writes the document of a team whose version is still old's.
func (t *Tenant) storeTeam(ctx context.Context, old Team, doc scim.Value) (Team, error) {
	if doc.JSON() == old.Doc.JSON() {
		return old, nil
	}
	now := old
	now.Doc, now.Version, now.LastModified = doc, old.Version+1, t.d.instant()
	name, err := t.nameOf(doc)
	if err != nil {
		return Team{}, err
	}
	item, err := now.item()
	if err != nil {
		return Team{}, err
	}
	taken, yielded := without(name, t.name(old.Doc)), without(t.name(old.Doc), name)
	return now, t.overtaken(t.change(ctx, TeamKind, old.Resource, func(stamp table.Stamp) []table.Write {
		item["writer"] = t.d.stamped(old.Resource, stamp)
		own := table.Update(t.key(TeamKind, old.ID), item).WithCondition("#version = :old", table.Item{"old": old.Version})
		return append([]table.Write{own}, t.moves(TeamKind, old.Resource, now.Resource, taken, yielded)...)
	}, nil), taken)
}

// DeleteTeam removes a team with its name and its memberships, as DeleteGroup does a
// group. The persons stay. The errors are those of DeleteUser.
func (t *Tenant) DeleteTeam(ctx context.Context, id scim.ID, match Match) error {
	return t.delete(ctx, TeamKind, id, match)
}
