package server

import (
	"context"
	"errors"

	"scimserver/shared/directory"
)

// create adds a user (RFC 7644 section 3.3). It is decided anew where a user that was
// to be replaced has changed or gone.
func (u *users) create(ctx context.Context, r *request) (*response, error) {
	content, err := u.content(r)
	if err != nil {
		return nil, err
	}
	for range reprovisions {
		out, err := u.provision(ctx, r, content)
		if !errors.Is(err, directory.ErrVersion) && !errors.Is(err, directory.ErrNotFound) {
			return out, err
		}
	}
	return nil, directory.ErrContention
}
