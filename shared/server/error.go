package server

import (
	"context"
	"errors"
	"fmt"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// outward turns any error into one for the client. What it does not know is
// internal, and its text stays in the log.
func outward(r *request, err error) *scim.Error {
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*directory.TakenError](err); ok {
		return takenError(r, err, e)
	}
	if e, ok := errors.AsType[*directory.UnknownMembersError](err); ok {
		return unknownMembers(e)
	}
	switch {
	case errors.Is(err, directory.ErrNotFound):
		return scim.NotFound(fmt.Sprintf("no resource at this endpoint has the id %.64q", string(r.ID)))
	case errors.Is(err, directory.ErrVersion):
		return outdated(r)
	case errors.Is(err, directory.ErrTooMany):
		return scim.TooMany("there is more to read for this than one request may")
	case errors.Is(err, directory.ErrCycle):
		return scim.InvalidValue("members would make the group a member of itself, directly or through other groups")
	case errors.Is(err, directory.ErrDepth):
		return scim.InvalidValue(fmt.Sprintf("members would nest groups more than %d deep", directory.MaxDepth))
	case errors.Is(err, directory.ErrContention), errors.Is(err, directory.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return scim.Unavailable(retryAfter).WithCause(err)
	}
	return scim.Internal(err)
}

// retryAfter is the number of seconds after which a provider may try again what
// the directory could not carry out.
const retryAfter = 2
