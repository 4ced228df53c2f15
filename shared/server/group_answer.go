package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// written answers a request that has set all members of a group. They are read
// only where they may be others than the client sent.
func (g *groups) written(ctx context.Context, r *request, status int, c directory.ChangeResult, members *roster) (*response, error) {
	r.event.repairs.Skipped(len(c.Skipped))
	if c.Exact && g.wantsEdges(r) {
		shown := g.elements(r, members.outcome(c.Added))
		if !fits(shown) {
			shown = scim.Value{}
		}
		return g.respond(r, status, c.Group.Resource, shown), nil
	}
	return g.standing(ctx, r, status, c)
}

// standing answers with a group as it is after a change. Where others may have
// changed it meanwhile, it is read again.
func (g *groups) standing(ctx context.Context, r *request, status int, c directory.ChangeResult) (*response, error) {
	group := c.Group
	if !c.Exact {
		var err error
		if group, err = r.Directory.Groups().Get(ctx, group.ID); err != nil {
			return nil, err
		}
	}
	return g.changed(ctx, r, status, group.Resource)
}
