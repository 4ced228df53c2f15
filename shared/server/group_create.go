package server

import (
	"context"
	"net/http"
)

// create adds a group.
func (g *groups) create(ctx context.Context, r *request) (*response, error) {
	doc, members, err := g.content(r)
	if err != nil {
		return nil, err
	}
	if err := r.room(ctx, r.Caller.Limits.Groups, "groups", g.kind); err != nil {
		return nil, err
	}
	edit := members.edit()
	edit.SkipUnknown = r.skipsUnknown()
	created, err := r.Directory.Groups().Create(ctx, doc, edit)
	if err != nil {
		return nil, err
	}
	return g.written(ctx, r, http.StatusCreated, created, members)
}
