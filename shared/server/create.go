package server

import (
	"context"
	"net/http"
)

// create adds a user (RFC 7644 section 3.3).
func (u users) create(ctx context.Context, r *request) (*response, error) {
	content, err := u.content(r)
	if err != nil {
		return nil, err
	}
	user, err := r.Users.CreateUser(ctx, content)
	if err != nil {
		return nil, err
	}
	return u.respond(r, http.StatusCreated, user), nil
}
