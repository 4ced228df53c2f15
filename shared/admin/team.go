package admin

import (
	"context"
	"errors"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Teams shows a page of a tenant's teams.
func (s *Service) Teams(ctx context.Context, id tenant.ID, after scim.ID, limit int) (TeamList, error) {
	if err := s.exists(ctx, id); err != nil {
		return TeamList{}, err
	}
	page, next, err := s.Directory.For(id).Teams().List(ctx, after, limit)
	out := TeamList{Teams: []Team{}, Next: next}
	for _, team := range page {
		out.Teams = append(out.Teams, shownTeam(team))
	}
	return out, err
}

// TeamNamed shows the team of a name, in whatever case, if there is one.
func (s *Service) TeamNamed(ctx context.Context, id tenant.ID, name string) (TeamList, error) {
	out := TeamList{Teams: []Team{}}
	if name == "" {
		return out, invalid("name must not be empty: leave it out to list all teams")
	}
	if err := s.exists(ctx, id); err != nil {
		return out, err
	}
	team, err := s.Directory.For(id).Teams().ByName(ctx, name)
	switch {
	case err == nil:
		out.Teams = append(out.Teams, shownTeam(team))
	case errors.Is(err, directory.ErrNotFound):
		err = nil
	}
	return out, err
}

// Team shows one team of a tenant.
func (s *Service) Team(ctx context.Context, id tenant.ID, team scim.ID) (Team, error) {
	if err := s.exists(ctx, id); err != nil {
		return Team{}, err
	}
	found, err := s.Directory.For(id).Teams().Get(ctx, team)
	return shownTeam(found), err
}

// CreateTeam makes a team without members.
func (s *Service) CreateTeam(ctx context.Context, id tenant.ID, in TeamName) (Team, error) {
	if err := errors.Join(in.check(), s.changeable(ctx, id)); err != nil {
		return Team{}, err
	}
	team, err := s.Directory.For(id).Teams().Create(ctx, in.Name)
	return shownTeam(team), named(err)
}

// RenameTeam gives a team another name.
func (s *Service) RenameTeam(ctx context.Context, id tenant.ID, team scim.ID, in TeamName) (Team, error) {
	if err := errors.Join(in.check(), s.changeable(ctx, id)); err != nil {
		return Team{}, err
	}
	renamed, err := s.Directory.For(id).Teams().Rename(ctx, team, nil, in.Name)
	return shownTeam(renamed), named(err)
}

// DeleteTeam removes a team, and shows what it was. Its members stay.
func (s *Service) DeleteTeam(ctx context.Context, id tenant.ID, team scim.ID) (Team, error) {
	if err := s.changeable(ctx, id); err != nil {
		return Team{}, err
	}
	found, err := s.Directory.For(id).Teams().Get(ctx, team)
	if err == nil {
		err = s.Directory.For(id).Teams().Delete(ctx, team, nil)
	}
	return shownTeam(found), err
}

// exists refuses a tenant that there is not, in words of its own: what is not found
// otherwise is the team or group.
func (s *Service) exists(ctx context.Context, id tenant.ID) error {
	_, err := s.known(ctx, id)
	return err
}

func (s *Service) known(ctx context.Context, id tenant.ID) (tenant.Tenant, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if errors.Is(err, directory.ErrNotFound) {
		err = notFound("there is no tenant %q", id)
	}
	return t, err
}

// changeable refuses a tenant that is being deleted, too.
func (s *Service) changeable(ctx context.Context, id tenant.ID) error {
	t, err := s.known(ctx, id)
	if err == nil && t.State == tenant.Deleting {
		err = beingDeleted(id)
	}
	return err
}

// check refuses names that nobody could read.
func (n TeamName) check() error {
	if !written(n.Name) {
		return unwritten("name")
	}
	return nil
}

// named says who has the name that a team was to get.
func named(err error) error {
	if taken, ok := errors.AsType[*directory.TakenError](err); ok {
		v := taken.Values[0]
		return conflict("the name is taken by %s %s", word(v.Holder), v.ID)
	}
	return err
}

func listed(ids []scim.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ", ")
}

func shownTeam(t directory.Team) Team {
	return Team{ID: t.ID, Name: t.Name(), ManagedBy: byOperator, Created: t.Created, Modified: t.LastModified}
}
