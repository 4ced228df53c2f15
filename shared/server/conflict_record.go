package server

import (
	"context"
	"errors"
	"slices"

	"scimserver/shared/deadline"
	"scimserver/shared/directory"
)

// recordConflicts records the conflicts of a request whose values are taken. It respects the
// request's deadline. If the conflicts cannot be recorded, the answer is a 409 all the same.
func (s *Server) recordConflicts(ctx context.Context, r *request, err error) {
	taken, ok := errors.AsType[*directory.TakenError](err)
	if !ok || r.Directory == nil {
		return
	}
	ctx, cancel := s.Directory.Brief(ctx, deadline.RecordTime)
	defer cancel()
	r.event.conflicts, r.event.conflictErr = r.Directory.Conflicts().Record(ctx, taken)
}

// conflictIDs returns the ids of the request's conflicts without duplicates.
func (e *event) conflictIDs() (ids []string) {
	for _, id := range e.conflicts {
		if !slices.Contains(ids, string(id)) {
			ids = append(ids, string(id))
		}
	}
	return ids
}
