package directory

import (
	"context"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// The edges between a team and a person do not say whether that is an account or a
// user: an account that becomes a user keeps its id, and with it its teams.

// inTeamKey is the key of the edge from a team to a person.
func (t *Tenant) inTeamKey(team, person scim.ID) table.Key {
	return table.Key{PK: t.teamMembersPK(team), SK: string(person)}
}

// teamOfKey is the key of the edge from a person to a team.
func (t *Tenant) teamOfKey(person, team scim.ID) table.Key {
	return table.Key{PK: teamsOfPK(person), SK: string(t.id) + "#" + string(team)}
}

// teamOf reads the tenant and team that an edge from a person leads to.
func teamOf(edge table.Item) (tenant.ID, scim.ID) {
	of, team, _ := strings.Cut(edge.Text("SK"), "#")
	return tenant.ID(of), scim.ID(team)
}

// personKey is the key of an account or of a user of this tenant.
func (t *Tenant) personKey(k Kind, id scim.ID) table.Key {
	if k == AccountKind {
		return t.d.Accounts().t.key(k, id)
	}
	return t.key(k, id)
}

// joinTeam makes the writes that put a live person into a team: both edges, and the
// attribute by which the person's deletion knows that there are teams to leave. It
// moves no version: nothing of it is shown with the person.
func (t *Tenant) joinTeam(team scim.ID, k Kind, person scim.ID) []table.Write {
	return []table.Write{
		table.Update(t.personKey(k, person), table.Item{"teams": "yes"}).WithCondition(lively, nil),
		table.Put(t.inTeamKey(team, person), nil),
		table.Put(t.teamOfKey(person, team), nil),
	}
}

// partTeam makes the writes that take a person out of a team.
func (t *Tenant) partTeam(team, person scim.ID) []table.Write {
	return []table.Write{table.Delete(t.inTeamKey(team, person)), table.Delete(t.teamOfKey(person, team))}
}

// leaveTeams removes a marked person from the teams of all tenants.
func (d *Directory) leaveTeams(ctx context.Context, person scim.ID) error {
	for {
		edges, next, err := d.db.Query(ctx, table.Query{PK: teamsOfPK(person), Limit: edgeBatch})
		if err != nil {
			return err
		}
		seats := make([]seat, len(edges))
		for i, edge := range edges {
			of, team := teamOf(edge)
			t := d.For(of)
			seats[i] = seat{t.key(TeamKind, team), t.partTeam(team, person)}
		}
		if err := d.leaveAll(ctx, seats); err != nil || next == "" {
			return err
		}
	}
}

// emptyTeam removes the members of a marked team. The edges from persons go first:
// those from the team lead to them, should this be interrupted.
func (t *Tenant) emptyTeam(ctx context.Context, team scim.ID) error {
	return t.d.db.DeleteRange(ctx, table.Query{PK: t.teamMembersPK(team)}, func(edge table.Item) []table.Key {
		return []table.Key{t.teamOfKey(scim.ID(edge.Text("SK")), team)}
	})
}

// TeamMembership is a team that a person is in.
type TeamMembership struct {
	Tenant tenant.ID
	Team   scim.ID
	Name   string
}

// TeamsOf reads the teams of a person, of whichever tenants. A person who does not
// exist has none. The error is ErrUnavailable, or ErrTooMany behind MaxEdges teams.
func (d *Directory) TeamsOf(ctx context.Context, person scim.ID) (all []TeamMembership, err error) {
	if !Plausible(person) {
		return nil, nil
	}
	edges, next, err := d.db.Query(ctx, table.Query{PK: teamsOfPK(person), Limit: MaxEdges})
	if err == nil && next != "" {
		err = ErrTooMany
	}
	if err != nil {
		return nil, err
	}
	names, err := d.teamNames(ctx, edges)
	for i, edge := range edges {
		if names[i] != "" {
			of, team := teamOf(edge)
			all = append(all, TeamMembership{of, team, names[i]})
		}
	}
	return all, err
}

// teamNames reads the names of the teams that edges lead to, "" of one that is being
// deleted.
func (d *Directory) teamNames(ctx context.Context, edges []table.Item) ([]string, error) {
	keys, at := make([]table.Key, len(edges)), map[table.Key]int{}
	for i, edge := range edges {
		of, team := teamOf(edge)
		keys[i] = d.For(of).key(TeamKind, team)
		at[keys[i]] = i
	}
	items, err := d.db.GetAll(ctx, keys)
	names := make([]string, len(edges))
	for _, item := range items {
		if !alive(item) {
			continue
		}
		team, err := teamFrom(item)
		if err != nil {
			return nil, err
		}
		names[at[table.Key{PK: item.Text("PK"), SK: item.Text("SK")}]] = team.Name()
	}
	return names, err
}
