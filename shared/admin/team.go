package admin

import (
	"context"
	"errors"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Teams returns a page of a tenant's teams.
func (s *Service) Teams(ctx context.Context, id tenant.ID, after scim.ID, limit int) (TeamList, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return TeamList{}, err
	}
	page, next, err := s.Directory.For(id).Teams().List(ctx, after, limit)
	out := TeamList{Teams: []Team{}, Next: next}
	for _, team := range page {
		out.Teams = append(out.Teams, toTeam(team))
	}
	return out, err
}

// TeamByName returns the team with a name, compared without case, if there is one.
func (s *Service) TeamByName(ctx context.Context, id tenant.ID, name string) (TeamList, error) {
	out := TeamList{Teams: []Team{}}
	if name == "" {
		return out, invalid("name must not be empty: leave it out to list all teams")
	}
	if err := s.requireTenant(ctx, id); err != nil {
		return out, err
	}
	team, err := s.Directory.For(id).Teams().ByName(ctx, name)
	switch {
	case err == nil:
		out.Teams = append(out.Teams, toTeam(team))
	case errors.Is(err, directory.ErrNotFound):
		err = nil
	}
	return out, err
}

// Team returns one team of a tenant.
func (s *Service) Team(ctx context.Context, id tenant.ID, team scim.ID) (Team, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return Team{}, err
	}
	found, err := s.Directory.For(id).Teams().Get(ctx, team)
	return toTeam(found), err
}

// CreateTeam creates a team without members.
func (s *Service) CreateTeam(ctx context.Context, id tenant.ID, in TeamName) (Team, error) {
	if err := errors.Join(in.check(), s.requireChangeable(ctx, id)); err != nil {
		return Team{}, err
	}
	team, err := s.Directory.For(id).Teams().Create(ctx, in.Name)
	return toTeam(team), nameTaken(err)
}

// RenameTeam changes a team's name.
func (s *Service) RenameTeam(ctx context.Context, id tenant.ID, team scim.ID, in TeamName) (Team, error) {
	if err := errors.Join(in.check(), s.requireChangeable(ctx, id)); err != nil {
		return Team{}, err
	}
	renamed, err := s.Directory.For(id).Teams().Rename(ctx, team, nil, in.Name)
	return toTeam(renamed), nameTaken(err)
}

// DeleteTeam deletes a team, and returns the team as it was. Its members are not deleted.
func (s *Service) DeleteTeam(ctx context.Context, id tenant.ID, team scim.ID) (Team, error) {
	if err := s.requireChangeable(ctx, id); err != nil {
		return Team{}, err
	}
	found, err := s.Directory.For(id).Teams().Get(ctx, team)
	if err == nil {
		err = s.Directory.For(id).Teams().Delete(ctx, team, nil)
	}
	return toTeam(found), err
}

// requireTenant returns an error if the tenant does not exist. The error says so, because the
// subject of a 404 is otherwise the team or group.
func (s *Service) requireTenant(ctx context.Context, id tenant.ID) error {
	_, err := s.findTenant(ctx, id)
	return err
}

func (s *Service) findTenant(ctx context.Context, id tenant.ID) (tenant.Tenant, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if errors.Is(err, directory.ErrNotFound) {
		err = notFound("there is no tenant %q", id)
	}
	return t, err
}

// requireChangeable is requireTenant, and also refuses a tenant that is being deleted.
func (s *Service) requireChangeable(ctx context.Context, id tenant.ID) error {
	t, err := s.findTenant(ctx, id)
	if err == nil && t.State == tenant.Deleting {
		err = beingDeleted(id)
	}
	return err
}

// check refuses names that nobody could read.
func (n TeamName) check() error {
	if !validName(n.Name) {
		return invalidName("name")
	}
	return nil
}

// nameTaken turns a TakenError into an error that says who has the name.
func nameTaken(err error) error {
	if taken, ok := errors.AsType[*directory.TakenError](err); ok {
		v := taken.Values[0]
		return conflict("the name is taken by %s %s", kindName(v.Holder), v.ID)
	}
	return err
}

func joinIDs(ids []scim.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ", ")
}

func toTeam(t directory.Team) Team {
	return Team{ID: t.ID, Name: t.Name(), ManagedBy: byOperator, Created: t.Created, Modified: t.LastModified}
}
