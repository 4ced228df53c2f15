package main

import (
	"context"
	"encoding/json"
	"io"
)

// printMirror prints the mirror as JSON. Each list is sorted by id.
func printMirror(ctx context.Context, w io.Writer, db store) error {
	var out struct {
		Users   []user   `json:"users"`
		Groups  []string `json:"groups"`  // kind, id, name
		Members []string `json:"members"` // kind, id of the group, id of the member
	}
	var err error
	if out.Users, err = db.users(ctx, `ORDER BY id`); err != nil {
		return err
	}
	if out.Groups, err = db.texts(ctx, `SELECT kind || ' ' || id || ' ' || name FROM groups ORDER BY 1`); err != nil {
		return err
	}
	out.Members, err = db.texts(ctx, `SELECT kind || ' ' || group_id || ' ' || member_id FROM members ORDER BY 1`)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
