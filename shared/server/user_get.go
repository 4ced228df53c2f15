package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
)

// get returns a user (RFC 7644 section 3.4.1).
func (u *users) get(ctx context.Context, r *request) (*response, error) {
	user, groups, err := u.read(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := r.rejectInactive(user.Doc); err != nil {
		return nil, err
	}
	if same := notModified(r, user.Version); same != nil {
		return same, nil
	}
	shown := u.groupsArray(r, groups)
	if !fitsAnswer(shown) {
		return nil, tooManyGroups(directory.ErrTooMany)
	}
	return u.respond(r, http.StatusOK, user.Resource, shown), nil
}

// read reads a user, with the user's groups if the answer includes them.
func (u *users) read(ctx context.Context, r *request) (user directory.User, groups []directory.Membership, err error) {
	if u.wantsEdges(r) {
		user, groups, err = r.Directory.Users().GetWithGroups(ctx, r.ID)
		return user, groups, tooManyGroups(err)
	}
	user, err = r.Directory.Users().Get(ctx, r.ID)
	return user, nil, err
}
