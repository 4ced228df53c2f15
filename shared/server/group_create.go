package server

import (
	"context"
	"net/http"
)

// create adds a group (RFC 7644 section 3.3).
func (g *groups) create(ctx context.Context, r *request) (*response, error) {
	doc, members, err := g.readContent(r)
	if err != nil {
		return nil, err
	}
	if err := r.checkQuota(ctx, r.Caller.Limits.Groups, "groups", g.kind); err != nil {
		return nil, err
	}
	edit := members.difference()
	edit.SkipUnknown = r.skipsUnknown()
	created, err := r.Directory.Groups().Create(ctx, doc, edit)
	if err != nil {
		return nil, err
	}
	return g.respondReplaced(ctx, r, http.StatusCreated, created, members)
}
