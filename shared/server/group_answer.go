package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// respondReplaced answers a request that has set all members of a group. It reads them only if
// another request may have changed them at the same time.
func (g *groups) respondReplaced(
	ctx context.Context, r *request, status int, c directory.ChangeResult, members *memberEdit,
) (*response, error) {
	r.event.noteChange(c)
	if c.Exact && g.wantsEdges(r) {
		shown := g.memberArray(r, members.result(c.Added))
		if !fitsAnswer(shown) {
			shown = scim.Value{}
		}
		return g.respond(r, status, c.Group.Resource, shown), nil
	}
	return g.respondCurrent(ctx, r, status, c)
}

// respondCurrent answers with a group as it is after a change. It reads the group again if another
// request may have changed it at the same time.
func (g *groups) respondCurrent(
	ctx context.Context,
	r *request,
	status int,
	c directory.ChangeResult,
) (*response, error) {
	group := c.Group
	if !c.Exact {
		var err error
		if group, err = r.Directory.Groups().Get(ctx, group.ID); err != nil {
			return nil, err
		}
	}
	return g.respondChanged(ctx, r, status, group.Resource)
}
