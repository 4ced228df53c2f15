package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
)

// replace replaces a stored group with the one in the request (RFC 7644 section 3.5.1). If the client
// sends no members, the group has none afterwards.
func (g *groups) replace(ctx context.Context, r *request) (*response, error) {
	doc, members, err := g.readContent(r)
	if err != nil {
		return nil, err
	}
	var edit directory.Edit
	apply := func(d *directory.Draft) (directory.Edit, error) {
		if err := members.load(ctx, d); err != nil {
			return edit, err
		}
		edit.Members = members.difference()
		edit.Members.SkipUnknown = r.skipsUnknown()
		var err error
		edit.Doc, err = g.typ.CompleteReplacement(d.Doc, doc)
		return edit, err
	}
	changed, err := r.Directory.Groups().Change(ctx, r.ID, r.precondition(), nil, apply)
	if err != nil {
		return nil, err
	}
	return g.respondReplaced(ctx, r, http.StatusOK, changed, members)
}
