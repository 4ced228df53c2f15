package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim/patch"
)

// patch changes parts of a user (RFC 7644 section 3.5.2). When others change the
// user meanwhile, the operations are applied anew to what they left.
func (u users) patch(ctx context.Context, r *request) (*response, error) {
	body, err := r.body()
	if err != nil {
		return nil, err
	}
	var o patch.Options
	if r.tolerant() {
		body, o.Element = r.event.repairs.Patch(u.typ, body), r.event.repairs.Element
	}
	ops, err := patch.Parse(body)
	if err != nil {
		return nil, err
	}
	if err := u.project(r, u.sentBy(ops)); err != nil {
		return nil, err
	}
	user, err := r.Users.ReplaceUser(ctx, r.ID, r.match(), func(old directory.User) (directory.Content, error) {
		doc, err := patch.Apply(u.typ, old.Doc, ops, o)
		if err != nil {
			return directory.Content{}, err
		}
		return u.withoutPassword(doc)
	})
	if err != nil {
		return nil, err
	}
	return u.respond(r, http.StatusOK, user), nil
}
