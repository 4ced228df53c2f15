package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
)

// replace puts the client's group in place of the stored one. A group without
// members has none afterwards.
func (g *groups) replace(ctx context.Context, r *request) (*response, error) {
	doc, members, err := g.content(r)
	if err != nil {
		return nil, err
	}
	var edit directory.Edit
	changed, err := r.Directory.Groups().Change(ctx, r.ID, r.match(), nil, func(d *directory.Draft) (directory.Edit, error) {
		if err := members.load(ctx, d); err != nil {
			return edit, err
		}
		edit.Members = members.edit()
		edit.Members.SkipUnknown = r.skipsUnknown()
		var err error
		edit.Doc, err = g.typ.CompleteReplacement(d.Doc, doc)
		return edit, err
	})
	if err != nil {
		return nil, err
	}
	return g.written(ctx, r, http.StatusOK, changed, members)
}
