package server

import (
	"context"
	"net/http"
)

// delete removes a user (RFC 7644 section 3.6).
func (u *users) delete(ctx context.Context, r *request) (*response, error) {
	if err := r.Directory.Users().Delete(ctx, r.ID, r.precondition()); err != nil {
		return nil, err
	}
	return &response{Status: http.StatusNoContent}, nil
}
