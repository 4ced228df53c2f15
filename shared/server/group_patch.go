package server

import (
	"context"

	"scimserver/shared/directory"
)

// patch changes parts of a group. What can be decided without knowing the members
// is, so that it costs the same however many they are.
func (g *groups) patch(ctx context.Context, r *request) (*response, error) {
	ops, o, err := g.operations(r)
	if err != nil {
		return nil, err
	}
	p, err := g.part(r, ops, o)
	if err != nil {
		return nil, err
	}
	if err := g.project(r, g.sentBy(p.rest)); err != nil {
		return nil, err
	}
	changed, err := r.Directory.Groups().Change(ctx, r.ID, r.match(), p.near(), func(d *directory.Draft) (directory.Edit, error) {
		r.about(d.Doc)
		return g.patched(ctx, r, d, p)
	})
	if err != nil {
		return nil, err
	}
	r.event.repairs.Skipped(len(changed.Skipped))
	return g.patchAnswer(ctx, r, changed)
}
