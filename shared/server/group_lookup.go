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

func groupResource(g directory.Group) directory.Resource { return g.Resource }

func (g *groups) lookup(r *request, path filter.Path, value string) keyLookup {
	is := func(attr string) bool { return path.Is(g.typ.Core.ID, attr, "") }
	switch {
	case is("id"):
		return lookupBy(r.Directory.Groups().ByID, value, groupResource)
	case is("displayName"):
		return lookupBy(r.Directory.Groups().ByName, value, groupResource)
	}
	return nil
}

func (g *groups) byExternalID(r *request, value string) idWalk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Groups().IDsByExternalID(ctx, value, after, limit)
	}
}

// byEdge finds the groups that have a member.
func (g *groups) byEdge(r *request, value string) idWalk {
	return func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error) {
		return r.Directory.Groups().IDsOf(ctx, scim.ID(value), after, limit)
	}
}

// answerEdges reads the members of the first groups, for as many as fit into one answer.
func (g *groups) answerEdges(r *request) edgeReader {
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		all, err := r.Directory.Groups().Members(ctx, of, maxEdges, maxEdgesAlone)
		if err != nil {
			return nil, tooManyMembers(err, of[0])
		}
		values := g.memberArrays(r, all)
		if len(values) > 0 && !fitsAnswer(values[0]) {
			return nil, tooManyMembers(directory.ErrTooMany, of[0])
		}
		return values, nil
	}
}

// filterEdges reads the members of groups, at most maxEdges in all calls together.
func (g *groups) filterEdges(r *request) edgeReader {
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
		return g.memberArrays(r, all), nil
	}
}

// edgesTo reads which of certain members are in each group.
func (g *groups) edgesTo(r *request, members []scim.ID) edgeReader {
	var pairs atomic.Int64
	return func(ctx context.Context, of []directory.Resource) ([]scim.Value, error) {
		if pairs.Add(int64(len(of)*len(members))) > maxEdges {
			return nil, g.tooManyCompared(directory.ErrTooMany)
		}
		all, err := r.Directory.Groups().MembersAmong(ctx, of, members)
		values := make([]scim.Value, len(of))
		for i, group := range of {
			values[i] = g.memberArray(r, all[group.ID])
		}
		return values, err
	}
}

// fitsAnswer reports whether the edges of one resource fit into an answer together with the rest
// of the resource.
func fitsAnswer(edges scim.Value) bool {
	const rest = 1 << 16
	return edges.QuotedLen() <= maxAnswer-rest
}

// tooManyMembers turns ErrTooMany into an error that says how to ask for a group without members,
// and for members in pages.
func tooManyMembers(err error, of directory.Resource) error {
	if !errors.Is(err, directory.ErrTooMany) {
		return err
	}
	return scim.TooMany(fmt.Sprintf("a group has more members than fit into one answer; "+
		"add excludedAttributes=members to the query, and read the members page by page "+
		"with /Users?filter=groups.value eq %q", string(of.ID)))
}

// tooManyCompared turns ErrTooMany into an error that says which filters compare fewer members.
func (g *groups) tooManyCompared(err error) error {
	if !errors.Is(err, directory.ErrTooMany) {
		return err
	}
	return scim.TooMany(fmt.Sprintf("this query compares more than %d members of groups; "+
		"add a condition with and, such as %s, so that it compares the members of fewer "+
		"groups", maxEdges, g.indexedFilters))
}

// memberArrays is the value of members of each group.
func (g *groups) memberArrays(r *request, all [][]directory.Member) []scim.Value {
	values := make([]scim.Value, len(all))
	for i, members := range all {
		values[i] = g.memberArray(r, members)
	}
	return values
}

// memberArray is the value of members; an empty array if there are none.
func (g *groups) memberArray(r *request, members []directory.Member) scim.Value {
	values := make([]scim.Value, len(members))
	for i, m := range members {
		values[i] = g.memberValue(r, m)
	}
	return scim.List(values...)
}

// memberValue is one value of members (RFC 7643 section 4.2).
func (g *groups) memberValue(r *request, m directory.Member) scim.Value {
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
