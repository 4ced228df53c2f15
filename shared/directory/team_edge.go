package directory

import (
	"context"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// An edge between a team and a person does not say whether the person is an account or a
// user, because an account that becomes a user keeps its id and its teams.

// teamMember is the key of the edge from a team to a person.
func (t keys) teamMember(team, person scim.ID) table.Key {
	return table.Key{PK: t.teamMembers(team), SK: string(person)}
}

// teamMembership is the key of the edge from a person to a team.
func (t keys) teamMembership(person, team scim.ID) table.Key {
	return table.Key{PK: teamsOfPK(person), SK: string(t.id) + "#" + string(team)}
}

// teamOf returns the tenant and team that an edge from a person leads to.
func teamOf(edge table.Item) (tenant.ID, scim.ID) {
	of, team, _ := strings.Cut(edge.Text("SK"), "#")
	return tenant.ID(of), scim.ID(team)
}

// person is the key of an account or of a user of this tenant.
func (t keys) person(k Kind, id scim.ID) table.Key {
	if k == AccountKind {
		return keys{scope: t.scope}.resource(k, id)
	}
	return t.resource(k, id)
}

// addEdges returns the writes that add a person to a team: both edges, and the attribute
// "teams", which makes the person's deletion look for teams. The person's version stays the
// same, because no client sees that attribute.
func (t Teams) addEdges(team scim.ID, k Kind, person scim.ID) []table.Write {
	return []table.Write{
		table.Update(t.keys.person(k, person), table.Item{"teams": "yes"}).WithCondition(existsCondition, nil),
		table.Put(t.keys.teamMember(team, person), nil),
		table.Put(t.keys.teamMembership(person, team), nil),
	}
}

// removeEdges returns the writes that remove a person from a team.
func (t Teams) removeEdges(team, person scim.ID) []table.Write {
	return []table.Write{
		table.Delete(t.keys.teamMember(team, person)),
		table.Delete(t.keys.teamMembership(person, team)),
	}
}

// leaveTeams removes a person who is being deleted from the teams of all tenants. stamp is what
// leaveStamp returns; teams of other tenants do not get it, because their logs must not show it.
func (t *namespace) leaveTeams(ctx context.Context, person scim.ID, stamp string) error {
	for {
		edges, next, err := t.d.db.Query(ctx, table.Query{PK: teamsOfPK(person), Limit: edgeBatch})
		if err != nil {
			return err
		}
		memberships := make([]endedMembership, len(edges))
		for i, edge := range edges {
			id, team := teamOf(edge)
			of := t.d.namespace(id)
			memberships[i] = endedMembership{
				of: of.keys.resource(TeamKind, team), edges: of.teams().removeEdges(team, person),
			}
			if id == t.id {
				memberships[i].stamp = stamp
			}
		}
		if err := t.d.endAllMemberships(ctx, memberships); err != nil || next == "" {
			return err
		}
	}
}

// removeMembers removes the members of a team that is being deleted. It removes the persons'
// edges first, so that a retry after an interruption finds them by the team's edges.
func (t Teams) removeMembers(ctx context.Context, team scim.ID) error {
	return t.d.db.DeleteRange(ctx, table.Query{PK: t.keys.teamMembers(team)}, func(edge table.Item) []table.Key {
		return []table.Key{t.keys.teamMembership(itemID(edge), team)}
	})
}

// TeamMembership is a team that a person belongs to.
type TeamMembership struct {
	Tenant tenant.ID
	Team   scim.ID
	Name   string
}

// TeamsOf reads the teams of a person in all tenants. A person who does not exist has no
// teams. The error is ErrUnavailable, or ErrTooMany for more than MaxMemberships teams.
func (d *Directory) TeamsOf(ctx context.Context, person scim.ID) (all []TeamMembership, err error) {
	if !ValidID(person) {
		return nil, nil
	}
	edges, next, err := d.db.Query(ctx, table.Query{PK: teamsOfPK(person), Limit: MaxMemberships})
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

// teamNames reads the names of the teams that edges lead to. The name of a team that is being
// deleted is "".
func (d *Directory) teamNames(ctx context.Context, edges []table.Item) ([]string, error) {
	keys, at := make([]table.Key, len(edges)), map[table.Key]int{}
	for i, edge := range edges {
		of, team := teamOf(edge)
		keys[i] = d.namespace(of).keys.resource(TeamKind, team)
		at[keys[i]] = i
	}
	items, err := d.db.GetAll(ctx, keys)
	names := make([]string, len(edges))
	for _, item := range items {
		if !exists(item) {
			continue
		}
		team, err := teamFrom(item)
		if err != nil {
			return nil, err
		}
		names[at[item.Key()]] = team.Name()
	}
	return names, err
}
