package server

import (
	"context"
	"net/http"
)

// delete removes a group.
func (g *groups) delete(ctx context.Context, r *request) (*response, error) {
	if err := r.Directory.Groups().Delete(ctx, r.ID, r.match()); err != nil {
		return nil, err
	}
	return &response{Status: http.StatusNoContent}, nil
}
