package server

import (
	"context"

	"scimserver/shared/directory"
)

// patch changes parts of a group. What can be decided without knowing the members
// is, so that it costs the same however many they are.
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
	changed, err := r.Directory.Groups().Change(ctx, r.ID, r.precondition(), p.namedIDs(), func(d *directory.Draft) (directory.Edit, error) {
		r.noteNames(d.Doc)
		return g.applyPatch(ctx, r, d, p)
	})
	if err != nil {
		return nil, err
	}
	r.event.repairs.Skipped(len(changed.Skipped))
	return g.patchAnswer(ctx, r, changed)
}
