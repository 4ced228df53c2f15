package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
)

// replace puts the client's user in place of the stored one (RFC 7644 section
// 3.5.1): what the client leaves out is cleared, except what it can't change or
// read back.
func (u users) replace(ctx context.Context, r *request) (*response, error) {
	content, err := u.content(r)
	if err != nil {
		return nil, err
	}
	user, err := r.Users.ReplaceUser(ctx, r.ID, r.match(), func(old directory.User) (directory.Content, error) {
		kept := content
		var err error
		kept.Doc, err = u.typ.Keep(old.Doc, content.Doc)
		return kept, err
	})
	if err != nil {
		return nil, err
	}
	return u.respond(r, http.StatusOK, user), nil
}
