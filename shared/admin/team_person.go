package admin

import (
	"context"
	"errors"
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/lazyregexp"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// uuidPattern matches the ids that the directory generates.
var uuidPattern = lazyregexp.New(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// resolvePerson finds an account or a user of the tenant by id, userName or email. An id has priority, even that of
// a team member who has become a user of another tenant, because nothing else identifies that person. A value in
// the form of an id may also be a name.
func (s *Service) resolvePerson(ctx context.Context, id tenant.ID, team scim.ID, who string) (TeamMember, error) {
	if !uuidPattern.Match(who) {
		return s.personByName(ctx, id, who)
	}
	p, err := s.personByID(ctx, id, scim.ID(who))
	if err != nil || p.Kind != personKinds[""] {
		return p, err
	}
	if in, err := s.inTeam(ctx, id, team, p.ID); err != nil || in {
		return p, err
	}
	found, err := s.personsByName(ctx, id, who)
	if err == nil && len(found) == 0 { // perhaps a person who was deleted
		return TeamMember{ID: p.ID, Kind: nobody}, nil
	}
	return exactlyOne(found, who, err)
}

// personByName finds one person by userName or email.
func (s *Service) personByName(ctx context.Context, id tenant.ID, who string) (TeamMember, error) {
	found, err := s.personsByName(ctx, id, who)
	return exactlyOne(found, who, err)
}

// exactlyOne returns the person found, or an error if there is none or more than one.
func exactlyOne(found []TeamMember, who string, err error) (TeamMember, error) {
	switch {
	case err != nil:
		return TeamMember{}, err
	case len(found) == 0:
		return TeamMember{}, invalid("nobody has the id, userName or email %q: "+
			"neither an account nor a user of the tenant", who)
	case len(found) > 1:
		words := make([]string, len(found))
		for i, m := range found {
			words[i] = m.UserName + " (" + m.Kind + " " + string(m.ID) + ")"
		}
		return TeamMember{}, conflict("%q could be any of %s: use the id", who, strings.Join(words, ", "))
	}
	return found[0], nil
}

// personByID finds a person by id. It reads accounts first, because an account may become a user
// between the two reads, but not the reverse.
func (s *Service) personByID(ctx context.Context, t tenant.ID, id scim.ID) (TeamMember, error) {
	a, err := s.Directory.Accounts().Get(ctx, id)
	if err == nil {
		return member(directory.AccountKind, a.Resource), nil
	}
	if !errors.Is(err, directory.ErrNotFound) {
		return TeamMember{}, err
	}
	u, err := s.Directory.For(t).Users().Get(ctx, id)
	if errors.Is(err, directory.ErrNotFound) {
		return TeamMember{ID: id, Kind: personKinds[""]}, nil
	}
	return member(directory.UserKind, u.Resource), err
}

func member(k directory.Kind, r directory.Resource) TeamMember {
	return TeamMember{ID: r.ID, Kind: personKinds[k], UserName: r.Doc.Get("userName").Text()}
}

// personsByName finds all persons with a userName or email.
func (s *Service) personsByName(ctx context.Context, id tenant.ID, who string) (found []TeamMember, err error) {
	accounts, t := s.Directory.Accounts(), s.Directory.For(id)
	for _, find := range []func(context.Context, string) (directory.Account, error){accounts.ByName, accounts.ByEmail} {
		a, err := find(ctx, who)
		if err == nil {
			found = append(found, member(directory.AccountKind, a.Resource))
		} else if !errors.Is(err, directory.ErrNotFound) {
			return nil, err
		}
	}
	lookups := []func(context.Context, string) ([]directory.User, error){t.Users().ByName, t.Users().ByEmail}
	for _, find := range lookups {
		users, err := find(ctx, who)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			found = append(found, member(directory.UserKind, u.Resource))
		}
	}
	slices.SortFunc(found, func(a, b TeamMember) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return slices.CompactFunc(found, func(a, b TeamMember) bool { return a.ID == b.ID }), nil
}
