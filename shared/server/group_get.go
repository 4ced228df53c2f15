package server

import (
	"context"
	"net/http"

	"scimserver/shared/scim"
)

// get returns a group (RFC 7644 section 3.4.1). It reads the members only if the answer includes
// them.
func (g *groups) get(ctx context.Context, r *request) (*response, error) {
	group, err := r.Directory.Groups().Get(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if same := notModified(r, group.Version); same != nil {
		return same, nil
	}
	var members scim.Value
	if members, err = g.readEdges(ctx, r, group.Resource); err != nil {
		return nil, err
	}
	return g.respond(r, http.StatusOK, group.Resource, members), nil
}
