package server

import (
	"context"
	"net/http"

	"scimserver/shared/scim"
)

// get returns a user (RFC 7644 section 3.4.1), or 304 when the client has this
// version already (section 3.14).
func (u users) get(ctx context.Context, r *request) (*response, error) {
	user, err := r.Users.User(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if tags := r.Header.Values("If-None-Match"); len(tags) > 0 && names(tags, user.Version) {
		return &response{Status: http.StatusNotModified, ETag: scim.ETag(user.Version)}, nil
	}
	return u.respond(r, http.StatusOK, user), nil
}
