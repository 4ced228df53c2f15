package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"scimserver/shared/directory"
)

// timeToNote is how long an answer may wait for what it lost to be noted.
const timeToNote = time.Second

// noteConflicts has the ledger of conflicts count what a request has lost. That is not
// tried for long, nor beyond the request's own time, for the answer must not be late; it
// stays what it is without.
func (s *Server) noteConflicts(ctx context.Context, r *request, err error) {
	lost, ok := errors.AsType[*directory.TakenError](err)
	if !ok || r.Directory == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeToNote)
	defer cancel()
	r.event.conflicts, r.event.unnoted = r.Directory.Conflicts().Record(ctx, lost)
}

// noted names the conflicts of a request, each once.
func (e *event) noted() (ids []string) {
	for _, id := range e.conflicts {
		if !slices.Contains(ids, string(id)) {
			ids = append(ids, string(id))
		}
	}
	return ids
}
