package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// To connect a team means to turn it into a group of the tenant's provider. The group has the
// team's id and time of creation, and the provider's document and members. One transaction
// creates the group, gives it the name, marks the team as deleted and uses up the approval.
// The memberships of the team are removed afterwards, as for any deleted team.

// connectTeam turns the team that holds a group's name into the group, if that is approved.
// If it is not, connectTeam returns taken. The error is table.ErrItemChanged if the team or
// the approval has changed meanwhile.
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
	if err == nil {
		// Nobody sees the rest of the team. If this fails, function changes completes it.
		_ = t.d.finish(ctx, workItem{t.id, TeamKind, team.ID})
	}
	return out, err
}

// handOverWrite returns the write that marks a team as deleted, because its name now belongs
// to a group.
func (t Groups) handOverWrite(team table.Key, version int64) table.Write {
	set := table.Item{"deleting": scim.FormatTime(t.d.instant()), "connected": "yes"}
	return table.Update(team, set).
		Adding("version", 1).
		WithCondition(existsCondition+" AND #version = :version", table.Item{"version": version})
}
