package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Team is a team as stored, without its members. Operators create teams, and SCIM does not
// show them. The teams and groups of a tenant share one namespace for their names.
type Team struct{ Resource }

// Name returns the team's name.
func (t Team) Name() string { return t.Doc.Get("displayName").Text() }

func teamFrom(item table.Item) (Team, error) {
	r, err := resourceFrom(item)
	return Team{r}, err
}

// teamDoc returns the document of a team with a name.
func teamDoc(name string) scim.Value {
	return scim.Map(scim.Member{Name: "displayName", Value: scim.Text(name)})
}

// Create stores a new team without members. The errors are *TakenError if the name is taken,
// *scim.Error if the name is invalid, and ErrUnavailable.
func (t Teams) Create(ctx context.Context, name string) (Team, error) {
	team := Team{t.newResource(teamDoc(name))}
	claims, err := t.newNameClaim(team.Doc)
	if err != nil {
		return Team{}, err
	}
	item, err := team.item()
	if err != nil {
		return Team{}, err
	}
	err = t.finishingDeletes(ctx, func() error {
		return t.classifyChange(t.d.db.Change(ctx, func(table.Stamp) []table.Write {
			return append(t.createWrites(TeamKind, team.Resource, item, claims), t.countWrite(TeamKind, 1))
		}, func(ctx context.Context) error { return t.checkFree(ctx, claims, team.ID) }), claims)
	})
	return team, err
}

// Get reads a team. The errors are ErrNotFound and ErrUnavailable.
func (t Teams) Get(ctx context.Context, id scim.ID) (Team, error) {
	item, err := t.get(ctx, TeamKind, id)
	if err != nil {
		return Team{}, err
	}
	return teamFrom(item)
}

// ByName reads the team with a name, which is compared in its folded form. The errors are
// ErrUnavailable, and ErrNotFound if the name is free or belongs to a group.
func (t Teams) ByName(ctx context.Context, name string) (Team, error) {
	return readOwner(ctx, t.namespace, t.keys.groupName(scim.Fold(name)), t.Get)
}

// List reads a page of the tenant's teams in the order of their ids: at most limit teams
// after the id after. next is the id to continue after, or "" at the end.
func (t Teams) List(ctx context.Context, after scim.ID, limit int) (page []Team, next scim.ID, err error) {
	found, more, err := t.page(ctx, TeamKind, after, limit)
	for _, r := range found {
		page = append(page, Team{r})
		next = r.ID
	}
	if !more {
		next = ""
	}
	return page, next, err
}

// Rename gives a team another name. Renaming a team to its current name is a no-op.
// The errors are ErrNotFound, ErrVersion, ErrContention and those of Teams.Create.
func (t Teams) Rename(ctx context.Context, id scim.ID, match Match, name string) (team Team, err error) {
	read := func() (Team, error) { return t.Get(ctx, id) }
	edit := func(Team) (scim.Value, error) { return teamDoc(name), nil }
	err = readModifyWrite(ctx, t.namespace, match, read, edit, func(old Team, doc scim.Value) (err error) {
		team, err = t.store(ctx, old, doc)
		return err
	})
	return team, err
}

// store writes a new document if the team still has the version of old.
func (t Teams) store(ctx context.Context, old Team, doc scim.Value) (Team, error) {
	if doc.JSON() == old.Doc.JSON() {
		return old, nil
	}
	team := old
	team.Doc, team.Version, team.LastModified = doc, old.Version+1, t.d.instant()
	name, err := t.newNameClaim(doc)
	if err != nil {
		return Team{}, err
	}
	item, err := team.item()
	if err != nil {
		return Team{}, err
	}
	put, released := without(name, t.nameClaim(old.Doc)), without(t.nameClaim(old.Doc), name)
	return team, t.classifyChange(t.changeResource(ctx, TeamKind, old.Resource, func(stamp table.Stamp) []table.Write {
		item["writer"] = t.d.nextStamps(old.Resource, stamp)
		t.d.addRelease(ctx, item)
		own := table.Update(t.keys.resource(TeamKind, old.ID), item).
			WithCondition("#version = :old", table.Item{"old": old.Version})
		return append([]table.Write{own}, t.changeWrites(TeamKind, old.Resource, team.Resource, put, released)...)
	}, nil), put)
}

// Delete deletes a team, its name and its memberships, in the same way as Groups.Delete. The
// members themselves stay. It returns the same errors as Users.Delete.
func (t Teams) Delete(ctx context.Context, id scim.ID, match Match) error {
	return t.delete(ctx, TeamKind, id, match)
}
