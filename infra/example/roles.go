package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// roles maps the name of a group or team to a role. Customers choose the names of their groups,
// so an application with many customers has a map for each.
type roles map[string]string

func readRoles(file string) (roles, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r roles
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// of returns the roles of a user. It computes them for each request, so that a change of a group
// or of the map takes effect at once.
func (r roles) of(ctx context.Context, db store, user string) ([]string, error) {
	names, err := db.groupsOf(ctx, user)
	var all []string
	for _, name := range names {
		if role, ok := r[name]; ok {
			all = append(all, role)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

// groupsOf returns the names of a user's groups and teams, including groups of groups.
func (s store) groupsOf(ctx context.Context, user string) ([]string, error) {
	return s.texts(ctx, `
		WITH RECURSIVE belongs (kind, id) AS (
			SELECT kind, group_id FROM members WHERE member_id = ?
			UNION
			SELECT m.kind, m.group_id FROM members m JOIN belongs b ON m.member_id = b.id
		)
		SELECT g.name FROM groups g JOIN belongs b ON g.kind = b.kind AND g.id = b.id`, user)
}
