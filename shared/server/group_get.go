package server

import (
	"context"
	"net/http"

	"scimserver/shared/scim"
)

// get returns a group, whose members are read only if the answer shows them.
func (g *groups) get(ctx context.Context, r *request) (*response, error) {
	group, err := r.Directory.Groups().Get(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if same := unmodified(r, group.Version); same != nil {
		return same, nil
	}
	var members scim.Value
	if members, err = g.edgesOf(ctx, r, group.Resource); err != nil {
		return nil, err
	}
	return g.respond(r, http.StatusOK, group.Resource, members), nil
}
