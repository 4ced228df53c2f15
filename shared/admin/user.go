package admin

import (
	"context"
	"errors"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Users returns a page of a tenant's users.
func (s *Service) Users(ctx context.Context, id tenant.ID, after scim.ID, limit int) (UserList, error) {
	out, view, err := s.newUserList(ctx, id)
	if err != nil {
		return out, err
	}
	page, more, err := s.Directory.For(id).Page(ctx, directory.UserKind, after, limit)
	for _, r := range page {
		out.Users = append(out.Users, view.user(r))
		if more {
			out.Next = r.ID
		}
	}
	return out, err
}

// newUserList starts a list: the tenant's newest event is read before any user.
func (s *Service) newUserList(ctx context.Context, id tenant.ID) (out UserList, view resourceView, err error) {
	out.Users = []User{}
	t, err := s.findTenant(ctx, id)
	if err == nil {
		view, err = s.view(ctx, t)
	}
	if err == nil {
		out.AsOf, err = s.Directory.For(id).Events().Head(ctx)
	}
	return out, view, err
}

// UserByName returns the tenant's user with a userName, if there is one.
func (s *Service) UserByName(ctx context.Context, id tenant.ID, name string) (UserList, error) {
	return s.usersBy(ctx, id, name, s.Directory.For(id).Users().ByName)
}

// UserByEmail returns the tenant's user with an email, if there is one.
func (s *Service) UserByEmail(ctx context.Context, id tenant.ID, address string) (UserList, error) {
	return s.usersBy(ctx, id, address, s.Directory.For(id).Users().ByEmail)
}

func (s *Service) usersBy(ctx context.Context, id tenant.ID, value string,
	find func(context.Context, string) ([]directory.User, error)) (UserList, error) {
	out, view, err := s.newUserList(ctx, id)
	if err != nil {
		return out, err
	}
	found, err := find(ctx, value)
	out.addAll(found, view)
	return out, err
}

// UsersByExternalID returns a page of the tenant's users with an externalId, which need not be
// unique.
func (s *Service) UsersByExternalID(
	ctx context.Context, id tenant.ID, value string, after scim.ID, limit int,
) (UserList, error) {
	out, view, err := s.newUserList(ctx, id)
	if err != nil {
		return out, err
	}
	users := s.Directory.For(id).Users()
	ids, err := users.IDsByExternalID(ctx, value, after, limit)
	if err != nil {
		return out, err
	}
	if len(ids) == limit {
		out.Next = ids[limit-1]
	}
	found, err := users.GetAll(ctx, ids)
	out.addAll(found, view)
	return out, err
}

func (l *UserList) addAll(users []directory.User, view resourceView) {
	for _, u := range users {
		l.Users = append(l.Users, view.user(u.Resource))
	}
}

// User returns a user with groups and teams.
func (s *Service) User(ctx context.Context, id tenant.ID, user scim.ID) (UserDetails, error) {
	t, err := s.findTenant(ctx, id)
	if err != nil {
		return UserDetails{}, err
	}
	view, err := s.view(ctx, t)
	if err != nil {
		return UserDetails{}, err
	}
	u, groups, err := s.Directory.For(id).Users().GetWithGroups(ctx, user)
	if err != nil {
		return UserDetails{}, tooManyMemberships(err)
	}
	out := UserDetails{
		User: view.user(u.Resource), HasPassword: u.HasPassword(), Groups: []Membership{}, Teams: []Membership{},
	}
	for _, g := range groups {
		out.Groups = append(out.Groups, Membership{ID: g.Group, Name: g.Display, Direct: &g.Direct})
	}
	teams, err := s.Directory.TeamsOf(ctx, user)
	for _, t := range teams {
		out.Teams = append(out.Teams, Membership{ID: t.Team, Name: t.Name, Tenant: t.Tenant})
	}
	return out, tooManyMemberships(err)
}

func tooManyMemberships(err error) error {
	if errors.Is(err, directory.ErrTooMany) {
		return conflict("the user is in more than %d groups or teams, which are too many for one answer",
			directory.MaxMemberships)
	}
	return err
}

// userSummary is a user without the attributes.
func userSummary(r directory.Resource) User {
	out := User{
		ID: r.ID, UserName: r.Doc.Get("userName").Text(), DisplayName: r.Doc.Get("displayName").Text(),
		ExternalID: r.Doc.Get("externalId").Text(), Active: !directory.Deactivated(r.Doc), Emails: []UserEmail{},
		Version: r.Version, Created: r.Created, LastModified: r.LastModified,
	}
	for _, e := range r.Doc.Get("emails").Items() {
		out.Emails = append(out.Emails, UserEmail{
			Value: e.Get("value").Text(), Type: e.Get("type").Text(), Primary: e.Get("primary").IsTrue(),
		})
	}
	return out
}
