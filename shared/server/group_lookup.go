package server

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

func ofGroup(g directory.Group) directory.Resource { return g.Resource }

func (g *groups) lookup(r *request, path filter.Path, value string) lookup {
	is := func(attr string) bool { return path.Is(g.typ.Core.ID, attr, "") }
	switch {
	case is("id"):
		return finder(r.Directory.Groups().ByID, value, ofGroup)
	case is("displayName"):
		return finder(r.Directory.Groups().ByName, value, ofGroup)
	}
	return nil
}

func (g *groups) byExternalID(r *request, value string) walk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Groups().IDsByExternalID(ctx, value, after, limit)
	}
}

// byEdge finds the groups with a member.
func (g *groups) byEdge(r *request, value string) walk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Groups().IDsOf(ctx, scim.ID(value), after, limit)
	}
}

// shown reads the members of the first of some groups, as many as one answer holds.
func (g *groups) shown(r *request) relation {
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		all, err := r.Directory.Groups().Members(ctx, of, maxEdges, maxEdgesAlone)
		if err != nil {
			return nil, tooManyMembers(err, of[0])
		}
		values := g.lists(r, all)
		if len(values) > 0 && !fits(values[0]) {
			return nil, tooManyMembers(directory.ErrTooMany, of[0])
		}
		return values, nil
	}
}

// edges reads the members of groups, at most maxEdges in all calls together.
func (g *groups) edges(r *request) relation {
	var read atomic.Int64
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		left := max(0, maxEdges-int(read.Load()))
		all, err := r.Directory.Groups().Members(ctx, of, left, left)
		if err != nil {
			return nil, g.tooManyCompared(err)
		}
		for _, members := range all {
			read.Add(int64(len(members)))
		}
		return g.lists(r, all), nil
	}
}

// among asks of every group whether certain members are in it.
func (g *groups) among(r *request, members []scim.ID) relation {
	var pairs atomic.Int64
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		if pairs.Add(int64(len(of)*len(members))) > maxEdges {
			return nil, g.tooManyCompared(directory.ErrTooMany)
		}
		all, err := r.Directory.Groups().MembersAmong(ctx, of, members)
		values := make([]scim.Value, len(of))
		for i, group := range of {
			values[i] = g.elements(r, all[group.ID])
		}
		return values, err
	}
}

// fits reports whether one answer holds the edges of a resource and the rest of it.
func fits(edges scim.Value) bool {
	const rest = 1 << 16
	return edges.QuotedLen() <= maxAnswer-rest
}

// tooManyMembers says how to ask for a group without its members, and for members
// in pages.
func tooManyMembers(err error, of directory.Resource) error {
	if !errors.Is(err, directory.ErrTooMany) {
		return err
	}
	return scim.TooMany(fmt.Sprintf("a group has more members than one answer holds; ask for groups with excludedAttributes=members, "+
		"and for the users in this one, page by page, with /Users?filter=groups.value eq %q", string(of.ID)))
}

// tooManyCompared says which searches look at fewer members.
func (g *groups) tooManyCompared(err error) error {
	if !errors.Is(err, directory.ErrTooMany) {
		return err
	}
	return scim.TooMany(fmt.Sprintf("this query compares more than %d members of groups; one with %s among conditions joined by and "+
		"looks at those of a few groups", maxEdges, g.advice))
}

// lists are the values of members of some groups.
func (g *groups) lists(r *request, all [][]directory.Member) []scim.Value {
	values := make([]scim.Value, len(all))
	for i, members := range all {
		values[i] = g.elements(r, members)
	}
	return values
}

// elements is the value of members, an empty array for none.
func (g *groups) elements(r *request, members []directory.Member) scim.Value {
	values := make([]scim.Value, len(members))
	for i, m := range members {
		values[i] = g.element(r, m)
	}
	return scim.List(values...)
}

// element is one value of members (RFC 7643 section 4.2).
func (g *groups) element(r *request, m directory.Member) scim.Value {
	list := make([]scim.Member, 0, 4)
	list = append(list, scim.Member{Name: "value", Value: scim.Text(string(m.ID))})
	switch m.Kind {
	case directory.UserKind:
		list = append(list, scim.Member{Name: "$ref", Value: scim.Text(location(r, g.users, m.ID))})
	case directory.GroupKind:
		list = append(list, scim.Member{Name: "$ref", Value: scim.Text(location(r, g.typ, m.ID))})
	}
	if m.Kind != "" {
		list = append(list, scim.Member{Name: "type", Value: scim.Text(string(m.Kind))})
	}
	if m.Display != "" {
		list = append(list, scim.Member{Name: "display", Value: scim.Text(m.Display)})
	}
	return scim.Map(list...)
}
