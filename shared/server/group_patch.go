package server

import (
	"context"

	"scimserver/shared/directory"
)

// patch changes a group (RFC 7644 section 3.5.2). It does not read all members unless an operation
// needs them, so its cost does not depend on the group's size.
func (g *groups) patch(ctx context.Context, r *request) (*response, error) {
	ops, o, err := g.readPatch(r)
	if err != nil {
		return nil, err
	}
	p, err := g.splitPatch(r, ops, o)
	if err != nil {
		return nil, err
	}
	if err := g.setProjection(r, g.sentAttributes(p.docOps)); err != nil {
		return nil, err
	}
	apply := func(d *directory.Draft) (directory.Edit, error) {
		r.noteNames(d.Doc)
		return g.applyPatch(ctx, r, d, p)
	}
	changed, err := r.Directory.Groups().Change(ctx, r.ID, r.precondition(), p.namedIDs(), apply)
	if err != nil {
		return nil, err
	}
	r.event.noteChange(changed)
	return g.patchAnswer(ctx, r, changed)
}
