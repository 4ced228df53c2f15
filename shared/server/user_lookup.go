package server

import (
	"context"
	"errors"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

func userResource(u directory.User) directory.Resource { return u.Resource }

func (u *users) lookup(r *request, path filter.Path, value string) keyLookup {
	is := func(attr, sub string) bool { return path.Is(u.typ.Core.ID, attr, sub) }
	switch {
	case is("id", ""):
		return lookupBy(r.Directory.Users().ByID, value, userResource)
	case is("userName", ""):
		return lookupBy(r.Directory.Users().ByName, value, userResource)
	case is("emails", ""), is("emails", "value"):
		return lookupBy(r.Directory.Users().ByEmail, value, userResource)
	}
	return nil
}

func (u *users) byExternalID(r *request, value string) idWalk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Users().IDsByExternalID(ctx, value, after, limit)
	}
}

// byEdge finds the users in a group.
func (u *users) byEdge(r *request, value string) idWalk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Groups().UserIDs(ctx, scim.ID(value), after, limit)
	}
}

// filterEdges reads the groups of as many of the users as the directory reads at once.
func (u *users) filterEdges(r *request) edgeReader {
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
			values[i] = u.groupsArray(r, all[id])
		}
		return values, nil
	}
}

// tooManyGroups turns ErrTooMany into an error that says how to ask for users without groups.
func tooManyGroups(err error) error {
	if errors.Is(err, directory.ErrTooMany) {
		return scim.TooMany("a user is in more groups than fit into one answer; " +
			"add excludedAttributes=groups to the query, " +
			"and read the user's groups page by page with " +
			"/Groups?excludedAttributes=members&filter=members.value eq and the user's id")
	}
	return err
}

// answerEdges reads the groups of the first users, for as many as fit into one answer.
func (u *users) answerEdges(r *request) edgeReader {
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		values, err := u.filterEdges(r)(ctx, of)
		if err == nil && len(values) > 0 && !fitsAnswer(values[0]) {
			err = tooManyGroups(directory.ErrTooMany)
		}
		return values, err
	}
}

func (u *users) edgesTo(r *request, _ []scim.ID) edgeReader { return u.filterEdges(r) }

// groupsArray is the value of groups (RFC 7643 section 4.1.2), null if there are none.
func (u *users) groupsArray(r *request, in []directory.Membership) scim.Value {
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
