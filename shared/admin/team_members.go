package admin

import (
	"context"
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// TeamMembers returns a page of a team's members, with their current names.
func (s *Service) TeamMembers(
	ctx context.Context, id tenant.ID, team, after scim.ID, limit int,
) (TeamMemberList, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return TeamMemberList{}, err
	}
	page, next, err := s.Directory.For(id).Teams().Members(ctx, team, after, limit)
	out := TeamMemberList{Members: []TeamMember{}, Next: next}
	for _, m := range page {
		out.Members = append(out.Members, TeamMember{ID: m.ID, Kind: personKinds[m.Kind], UserName: m.Name})
	}
	return out, err
}

// personKinds are the API's names for the kinds of persons in a team.
var personKinds = map[directory.Kind]string{
	directory.AccountKind: "account",
	directory.UserKind:    "user",
	"":                    "elsewhere", // a user of another tenant
}

// nobody is the kind of an id that is neither in the team nor an account or user of the tenant.
const nobody = "nobody"

// ChangeTeamMembers adds persons to a team and removes others in one transaction. The answer says
// who they are.
func (s *Service) ChangeTeamMembers(
	ctx context.Context, id tenant.ID, team scim.ID, in TeamMembersChange,
) (TeamMembersChanged, error) {
	out := TeamMembersChanged{Add: []scim.ID{}, Remove: []scim.ID{}, Persons: []TeamPerson{}}
	if n := len(in.Add) + len(in.Remove); n == 0 || n > MaxTeamChange {
		return out, invalid("add and remove must name 1 to %d persons together", MaxTeamChange)
	}
	if err := s.requireChangeable(ctx, id); err != nil {
		return out, err
	}
	if _, err := s.Directory.For(id).Teams().Get(ctx, team); err != nil {
		return out, err
	}
	if err := s.resolve(ctx, id, team, in, &out); err != nil {
		return out, err
	}
	were, err := s.Directory.For(id).Teams().Edit(ctx, team, directory.TeamEdit{Add: out.Add, Remove: out.Remove})
	for i, p := range out.Persons {
		out.Persons[i].WasMember = were[p.ID]
	}
	out.Remove = slices.DeleteFunc(out.Remove, func(id scim.ID) bool { return !were[id] })
	return out, err
}

// resolve finds the persons that a change names. A person cannot be both added and removed.
func (s *Service) resolve(
	ctx context.Context, id tenant.ID, team scim.ID, in TeamMembersChange, out *TeamMembersChanged,
) error {
	for _, list := range []struct {
		named           []string
		found, opposite *[]scim.ID
	}{{in.Add, &out.Add, &out.Remove}, {in.Remove, &out.Remove, &out.Add}} {
		for _, who := range list.named {
			p, err := s.resolvePerson(ctx, id, team, who)
			if err != nil {
				return err
			}
			if slices.Contains(*list.opposite, p.ID) {
				return invalid("%s is to be added and removed", p.ID)
			}
			*list.found = append(*list.found, p.ID)
			out.addPerson(p)
		}
	}
	return nil
}

// addPerson adds a person to the answer once.
func (c *TeamMembersChanged) addPerson(m TeamMember) {
	if !slices.ContainsFunc(c.Persons, func(p TeamPerson) bool { return p.ID == m.ID }) {
		c.Persons = append(c.Persons, TeamPerson{TeamMember: m})
	}
}

func (s *Service) inTeam(ctx context.Context, id tenant.ID, team, person scim.ID) (bool, error) {
	teams, err := s.Directory.TeamsOf(ctx, person)
	isTeam := func(m directory.TeamMembership) bool { return m.Tenant == id && m.Team == team }
	return slices.ContainsFunc(teams, isTeam), err
}
