package server

import (
	"context"
	"errors"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

func ofUser(u directory.User) directory.Resource { return u.Resource }

func (u *users) lookup(r *request, path filter.Path, value string) lookup {
	is := func(attr, sub string) bool { return path.Is(u.typ.Core.ID, attr, sub) }
	switch {
	case is("id", ""):
		return finder(r.Directory.Users().ByID, value, ofUser)
	case is("userName", ""):
		return finder(r.Directory.Users().ByName, value, ofUser)
	case is("emails", ""), is("emails", "value"):
		return finder(r.Directory.Users().ByEmail, value, ofUser)
	}
	return nil
}

func (u *users) byExternalID(r *request, value string) walk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Users().IDsByExternalID(ctx, value, after, limit)
	}
}

// byEdge finds the users in a group.
func (u *users) byEdge(r *request, value string) walk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Groups().UserIDs(ctx, scim.ID(value), after, limit)
	}
}

// edges reads the groups of users: of as many users as the directory reads at once.
func (u *users) edges(r *request) relation {
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		ids := ids(of)
		all, err := r.Directory.Groups().OfUsers(ctx, ids)
		for errors.Is(err, directory.ErrTooMany) && len(ids) > 1 {
			ids = ids[:len(ids)/2]
			all, err = r.Directory.Groups().OfUsers(ctx, ids)
		}
		if err != nil {
			return nil, tooManyGroups(err)
		}
		values := make([]scim.Value, len(ids))
		for i, id := range ids {
			values[i] = u.memberships(r, all[id])
		}
		return values, nil
	}
}

// tooManyGroups says how to ask for users without their groups.
func tooManyGroups(err error) error {
	if errors.Is(err, directory.ErrTooMany) {
		return scim.TooMany("a user is in more groups than one answer holds; ask with excludedAttributes=groups, " +
			"and for the user's groups, page by page, with /Groups?excludedAttributes=members&filter=members.value eq and the user's id")
	}
	return err
}

// shown reads the groups of the first of some users, whose groups one answer holds.
func (u *users) shown(r *request) relation {
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		values, err := u.edges(r)(ctx, of)
		if err == nil && len(values) > 0 && !fits(values[0]) {
			err = tooManyGroups(directory.ErrTooMany)
		}
		return values, err
	}
}

func (u *users) among(r *request, _ []scim.ID) relation { return u.edges(r) }

// memberships is the value of groups (RFC 7643 section 4.1.2), null for none.
func (u *users) memberships(r *request, in []directory.Membership) scim.Value {
	if len(in) == 0 {
		return scim.Value{}
	}
	values := make([]scim.Value, len(in))
	for i, m := range in {
		kind := "indirect"
		if m.Direct {
			kind = "direct"
		}
		values[i] = scim.Map(
			scim.Member{Name: "value", Value: scim.Text(string(m.Group))},
			scim.Member{Name: "$ref", Value: scim.Text(location(r, u.groups, m.Group))},
			scim.Member{Name: "display", Value: scim.Text(m.Display)},
			scim.Member{Name: "type", Value: scim.Text(kind)},
		)
	}
	return scim.List(values...)
}
