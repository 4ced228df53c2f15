package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

func addToTeam(ctx context.Context, s *session, args []string) error {
	return s.changeTeam(ctx, args, func(persons []string) admin.TeamMembersChange {
		return admin.TeamMembersChange{Add: persons}
	})
}

func removeFromTeam(ctx context.Context, s *session, args []string) error {
	return s.changeTeam(ctx, args, func(persons []string) admin.TeamMembersChange {
		return admin.TeamMembersChange{Remove: persons}
	})
}

// changeTeam sends at most admin.MaxTeamChange persons in a request. Removing somebody who is not in the team is
// an error, because it may be a mistake.
func (s *session) changeTeam(ctx context.Context, args []string, change func([]string) admin.TeamMembersChange) error {
	t, err := s.findTeam(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	all := admin.TeamMembersChanged{Add: []scim.ID{}, Remove: []scim.ID{}, Persons: []admin.TeamPerson{}}
	path := teamPath(args[0], string(t.ID)) + "/members"
	for persons := range slices.Chunk(unique(args[2:]), admin.MaxTeamChange) {
		var done admin.TeamMembersChanged
		if err := s.client.Do(ctx, http.MethodPost, path, change(persons), &done); err != nil {
			if n := len(all.Persons); n > 0 {
				err = fmt.Errorf("%w\ndone: the first %s", err, admin.Counted(n, "person"))
			}
			return err
		}
		all.Add, all.Remove = append(all.Add, done.Add...), append(all.Remove, done.Remove...)
		all.Persons = append(all.Persons, done.Persons...)
	}
	err = s.print(all, func(w io.Writer) {
		for _, p := range all.Persons {
			row(w, memberChange(p, slices.Contains(all.Add, p.ID)), wording.Resource(p.UserName, p.Kind, p.ID))
		}
	})
	notMember := func(p admin.TeamPerson) bool { return !p.WasMember && !slices.Contains(all.Add, p.ID) }
	if err == nil && slices.ContainsFunc(all.Persons, notMember) {
		err = errors.New("not all persons to be removed were in the team")
	}
	return err
}

// unique is a list without repeated values.
func unique(list []string) (out []string) {
	for _, one := range list {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// memberChange says what a change did to a person.
func memberChange(p admin.TeamPerson, added bool) string {
	switch {
	case added && p.WasMember:
		return "was already in the team"
	case added:
		return "added"
	case p.WasMember:
		return "removed"
	}
	return "was not in the team"
}
