package main

import (
	"context"
	"net/http"
	"net/url"
)

// snapshot is the service's data of a tenant.
type snapshot struct {
	// asOf is a position in the feed. The snapshot contains the changes of all events up to it.
	// It may contain later changes, because pages are read one after the other; their events
	// are applied again.
	asOf   int64
	users  []resource
	groups []group
}

// group is a group or team with its members.
type group struct {
	kind string // group or team
	resource
	members []member
}

// list is a page of any list of the operator API. A response has one of the lists.
type list struct {
	Tenants []struct{ ID string }
	Users   []resource
	Groups  []resource
	Teams   []resource
	Members []member
	AsOf    int64
	Next    string // "" on the last page
}

// pages reads all pages of a list.
func (s *service) pages(ctx context.Context, path string, take func(list)) error {
	query := url.Values{"limit": {"100"}}
	for {
		var p list
		if err := s.get(ctx, path, query, &p); err != nil {
			return err
		}
		take(p)
		if p.Next == "" {
			return nil
		}
		query.Set("after", p.Next)
	}
}

// tenants reads the ids of all tenants.
func (s *service) tenants(ctx context.Context) (ids []string, err error) {
	err = s.pages(ctx, "/tenants", func(p list) {
		for _, t := range p.Tenants {
			ids = append(ids, t.ID)
		}
	})
	return ids, err
}

// snapshot reads a tenant. Its position is the position of the first page, which is the oldest.
func (s *service) snapshot(ctx context.Context, tenant string) (out snapshot, err error) {
	out.asOf = -1
	err = s.pages(ctx, "/tenants/"+tenant+"/users", func(p list) {
		if out.asOf < 0 {
			out.asOf = p.AsOf
		}
		out.users = append(out.users, p.Users...)
	})
	for _, kind := range []string{"group", "team"} {
		if err == nil {
			err = s.addGroups(ctx, &out, tenant, kind)
		}
	}
	return out, err
}

// addGroups reads the groups or the teams of a tenant with their members.
func (s *service) addGroups(ctx context.Context, out *snapshot, tenant, kind string) error {
	path := "/tenants/" + tenant + "/" + kind + "s"
	first := len(out.groups)
	err := s.pages(ctx, path, func(p list) {
		for _, r := range append(p.Groups, p.Teams...) {
			out.groups = append(out.groups, group{kind: kind, resource: r})
		}
	})
	if err != nil {
		return err
	}
	for i := range out.groups[first:] {
		g := &out.groups[first+i]
		membersAt := path + "/" + g.ID
		if kind == "team" {
			membersAt += "/members"
		}
		err := s.pages(ctx, membersAt, func(p list) { g.members = append(g.members, p.Members...) })
		// A group that was deleted meanwhile answers 404, and the event of its deletion follows.
		if err != nil && !hasStatus(err, http.StatusNotFound) {
			return err
		}
	}
	return nil
}
