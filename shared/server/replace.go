package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
)

// replace puts the client's user in place of the stored one (RFC 7644 section
// 3.5.1): what the client leaves out is cleared, a password excepted, which no
// client can read back.
func (u users) replace(ctx context.Context, r *request) (*response, error) {
	content, err := u.content(r)
	if err != nil {
		return nil, err
	}
	user, err := r.Users.ReplaceUser(ctx, r.ID, r.match(), func(directory.User) (directory.Content, error) {
		return content, nil
	})
	if err != nil {
		return nil, err
	}
	return u.respond(r, http.StatusOK, user), nil
}
