package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"scimserver/shared/directory"
)

// conflictTimeout is how long an answer may wait for what it lost to be noted.
const conflictTimeout = time.Second

// recordConflicts has the ledger of conflicts count what a request has lost. That is not
// tried for long, nor beyond the request's own time, for the answer must not be late; it
// stays what it is without.
func (s *Server) recordConflicts(ctx context.Context, r *request, err error) {
	lost, ok := errors.AsType[*directory.TakenError](err)
	if !ok || r.Directory == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, conflictTimeout)
	defer cancel()
	r.event.conflicts, r.event.conflictErr = r.Directory.Conflicts().Record(ctx, lost)
}

// conflictIDs names the conflicts of a request, each once.
func (e *event) conflictIDs() (ids []string) {
	for _, id := range e.conflicts {
		if !slices.Contains(ids, string(id)) {
			ids = append(ids, string(id))
		}
	}
	return ids
}
