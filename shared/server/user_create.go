package server

import (
	"context"
	"errors"

	"scimserver/shared/directory"
)

// create adds a user (RFC 7644 section 3.3). It starts again if a deactivated user that it wanted
// to replace has been changed or deleted in between.
func (u *users) create(ctx context.Context, r *request) (*response, error) {
	content, err := u.readContent(r)
	if err != nil {
		return nil, err
	}
	for range maxReprovisions {
		out, err := u.provision(ctx, r, content)
		if !errors.Is(err, directory.ErrVersion) && !errors.Is(err, directory.ErrNotFound) {
			return out, err
		}
	}
	return nil, directory.ErrContention
}
