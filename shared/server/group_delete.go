package server

import (
	"context"
	"net/http"
)

// delete removes a group (RFC 7644 section 3.6).
func (g *groups) delete(ctx context.Context, r *request) (*response, error) {
	if err := r.Directory.Groups().Delete(ctx, r.ID, r.precondition()); err != nil {
		return nil, err
	}
	return &response{Status: http.StatusNoContent}, nil
}
