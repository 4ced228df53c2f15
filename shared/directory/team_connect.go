package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// A team is connected when it becomes a group of the tenant's provider: the same id
// and time of creation, the provider's document and members. One transaction makes
// the group, hands it the name, marks the team as deleted and uses up the approval;
// the team's own memberships go afterwards, as those of any deleted team do.

// connectTeam turns the team that holds a group's name into the group, if that is
// approved; otherwise the error is taken. It is table.ErrItemChanged if the team or the
// approval has changed meanwhile.
func (t Groups) connectTeam(
	ctx context.Context,
	doc scim.Value,
	members MemberEdit,
	taken *TakenError,
) (ChangeResult, error) {
	if taken.Values[0].Holder != TeamKind {
		return ChangeResult{}, taken
	}
	key := t.keys.resource(TeamKind, taken.Values[0].ID)
	item, conflict, record, err := t.users().connectState(ctx, key, taken)
	if err != nil {
		return ChangeResult{}, err
	}
	if isBeingDeleted(record) {
		return ChangeResult{}, taken
	}
	team, err := resourceFrom(item)
	if err != nil {
		return ChangeResult{}, err
	}
	approved, err := t.users().approvalWrites(team, conflict, taken)
	if err != nil {
		return ChangeResult{}, err
	}
	if approved == nil {
		return ChangeResult{}, taken
	}
	g := Group{t.newResource(doc)}
	g.ID, g.Created = team.ID, team.Created
	out, err := t.create(connecting(ctx), g, members, append(approved, t.handOverWrite(key, team.Version)))
	if err == nil { // what is left of the team is hidden; should this fail, function changes goes on
		_ = t.d.finish(ctx, workItem{t.id, TeamKind, team.ID})
	}
	return out, err
}

// handOverWrite returns the write that marks a team as deleted whose name now belongs to a
// group.
func (t Groups) handOverWrite(team table.Key, version int64) table.Write {
	set := table.Item{"deleting": scim.FormatTime(t.d.instant()), "connected": "yes"}
	return table.Update(team, set).
		Adding("version", 1).
		WithCondition(existsCondition+" AND #version = :version", table.Item{"version": version})
}
