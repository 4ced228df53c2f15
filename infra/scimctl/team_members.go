package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

func addToTeam(ctx context.Context, s *session, args []string) error {
	return s.changeTeam(ctx, args, func(some []string) admin.TeamMembersChange { return admin.TeamMembersChange{Add: some} })
}

func removeFromTeam(ctx context.Context, s *session, args []string) error {
	return s.changeTeam(ctx, args, func(some []string) admin.TeamMembersChange { return admin.TeamMembersChange{Remove: some} })
}

// changeTeam sends as many persons at a time as a request takes. That somebody who was
// to be removed was not in the team is an error: it may be a slip.
func (s *session) changeTeam(ctx context.Context, args []string, change func([]string) admin.TeamMembersChange) error {
	t, err := s.findTeam(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	all := admin.TeamMembersChanged{Add: []scim.ID{}, Remove: []scim.ID{}, Persons: []admin.TeamPerson{}}
	for some := range slices.Chunk(once(args[2:]), admin.MaxTeamChange) {
		var done admin.TeamMembersChanged
		if err := s.client.do(ctx, http.MethodPost, teamPath(args[0], string(t.ID))+"/members", change(some), &done); err != nil {
			if n := len(all.Persons); n > 0 {
				err = fmt.Errorf("%w\nthe first %d persons are done", err, n)
			}
			return err
		}
		all.Add, all.Remove = append(all.Add, done.Add...), append(all.Remove, done.Remove...)
		all.Persons = append(all.Persons, done.Persons...)
	}
	err = s.show(all, func(w io.Writer) {
		for _, p := range all.Persons {
			row(w, became(p, slices.Contains(all.Add, p.ID)), who(p.UserName, p.Kind, p.ID))
		}
	})
	out := func(p admin.TeamPerson) bool { return !p.WasMember && !slices.Contains(all.Add, p.ID) }
	if err == nil && slices.ContainsFunc(all.Persons, out) {
		err = errors.New("not all of those to be removed were in the team")
	}
	return err
}

// once is a list without what is in it already.
func once(list []string) (out []string) {
	for _, one := range list {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// became says what a change did to a person.
func became(p admin.TeamPerson, added bool) string {
	switch {
	case added && p.WasMember:
		return "was in the team already"
	case added:
		return "added"
	case p.WasMember:
		return "removed"
	}
	return "was not in the team"
}

// who says who has an id, with the name if it is known.
func who(name, kind string, id scim.ID) string {
	holder := kind + " " + string(id)
	if name == "" {
		return holder
	}
	return name + " (" + holder + ")"
}
