package admin

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// TeamMembers shows a page of a team's members, as they are now.
func (s *Service) TeamMembers(ctx context.Context, id tenant.ID, team, after scim.ID, limit int) (TeamMemberList, error) {
	if err := s.exists(ctx, id); err != nil {
		return TeamMemberList{}, err
	}
	page, next, err := s.Directory.For(id).TeamMembers(ctx, team, after, limit)
	out := TeamMemberList{Members: []TeamMember{}, Next: next}
	for _, m := range page {
		out.Members = append(out.Members, TeamMember{ID: m.ID, Kind: personKinds[m.Kind], UserName: m.Name})
	}
	return out, err
}

// personKinds are the API's words for what a person in a team is.
var personKinds = map[directory.Kind]string{directory.AccountKind: "account", directory.UserKind: "user", "": "elsewhere"}

// ChangeTeamMembers puts persons into a team and takes others out, all at once, and
// says who they are.
func (s *Service) ChangeTeamMembers(ctx context.Context, id tenant.ID, team scim.ID, in TeamMembersChange) (TeamMembersChanged, error) {
	out := TeamMembersChanged{Add: []scim.ID{}, Remove: []scim.ID{}}
	if n := len(in.Add) + len(in.Remove); n == 0 || n > MaxTeamChange {
		return out, invalid("add and remove must name 1 to %d persons together", MaxTeamChange)
	}
	if err := s.changeable(ctx, id); err != nil {
		return out, err
	}
	if _, err := s.Directory.For(id).Team(ctx, team); err != nil {
		return out, err
	}
	if err := s.resolve(ctx, id, in, &out); err != nil {
		return out, err
	}
	for _, person := range out.Add {
		if slices.Contains(out.Remove, person) {
			return out, invalid("%s is to be added and removed", person)
		}
	}
	return out, ofTeam(s.Directory.For(id).EditTeam(ctx, team, directory.TeamEdit{Add: out.Add, Remove: out.Remove}))
}

// resolve finds the persons that a change names.
func (s *Service) resolve(ctx context.Context, id tenant.ID, in TeamMembersChange, out *TeamMembersChanged) error {
	for _, list := range []struct {
		named []string
		found *[]scim.ID
	}{{in.Add, &out.Add}, {in.Remove, &out.Remove}} {
		for _, who := range list.named {
			person, err := s.person(ctx, id, who)
			if err != nil {
				return err
			}
			*list.found = append(*list.found, person)
		}
	}
	return nil
}

// person finds the id of an account or of a user of the tenant by id, userName or
// email. What looks like an id stays one: a member may be a user of another tenant by
// now, whom only the id names.
func (s *Service) person(ctx context.Context, id tenant.ID, who string) (scim.ID, error) {
	if uuid.Validate(who) == nil {
		return scim.ID(who), nil
	}
	found, err := s.named(ctx, id, who)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", invalid("nobody has the id, userName or email %q: neither an account nor a user of the tenant", who)
	case len(found) > 1:
		return "", conflict("%q may be each of %s: take the id", who, listed(found))
	}
	return found[0], nil
}

// named finds all whose userName or email it is.
func (s *Service) named(ctx context.Context, id tenant.ID, who string) (ids []scim.ID, err error) {
	accounts, t := s.Directory.Accounts(), s.Directory.For(id)
	for _, find := range []func(context.Context, string) (directory.Account, error){accounts.ByName, accounts.ByEmail} {
		a, err := find(ctx, who)
		if err == nil {
			ids = append(ids, a.ID)
		} else if !errors.Is(err, directory.ErrNotFound) {
			return nil, err
		}
	}
	for _, find := range []func(context.Context, string) ([]directory.User, error){t.UserByName, t.UserByEmail} {
		users, err := find(ctx, who)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			ids = append(ids, u.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
