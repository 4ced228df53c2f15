package server

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// toSCIMError turns any error into a SCIM error. An unknown error becomes 500, and its text goes
// only into the log.
func toSCIMError(r *request, err error) *scim.Error {
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*directory.TakenError](err); ok {
		return takenError(r, err, e)
	}
	if e, ok := errors.AsType[*directory.UnknownMembersError](err); ok {
		return unknownMembersError(e)
	}
	if e, ok := errors.AsType[*directory.ScanBudgetError](err); ok {
		r.event.refused = tenant.ScanBudget
		return scanBudgetError(e)
	}
	switch {
	case errors.Is(err, directory.ErrNotFound):
		return scim.NotFound(fmt.Sprintf("no resource at this endpoint has the id %.64q", string(r.ID)))
	case errors.Is(err, directory.ErrVersion):
		return preconditionFailed(r)
	case errors.Is(err, directory.ErrTooMany):
		return scim.TooMany("the request would read more than one request is allowed to; ask for less at a time")
	case errors.Is(err, directory.ErrCycle):
		return scim.InvalidValue(
			"this change would make the group a member of itself, directly or through other groups",
		)
	case errors.Is(err, directory.ErrDepth):
		return scim.InvalidValue(
			fmt.Sprintf("this change would nest groups more than %d levels deep", directory.MaxDepth),
		)
	case errors.Is(err, directory.ErrContention), errors.Is(err, directory.ErrUnavailable),
		errors.Is(err, context.DeadlineExceeded):
		return scim.Unavailable(retryAfter).WithCause(err)
	}
	return scim.Internal(err)
}

// retryAfter is the number of seconds in Retry-After of a 503.
const retryAfter = 2

// scanBudgetError tells a client when to repeat a query that no index answers, and which queries need
// not wait.
func scanBudgetError(e *directory.ScanBudgetError) *scim.Error {
	seconds := int(math.Ceil(e.Wait.Seconds()))
	return &scim.Error{Status: http.StatusTooManyRequests, RetryAfter: seconds, Detail: fmt.Sprintf(
		"queries that compare all resources have used up what this tenant can read in a minute (%d units). "+
			"Repeat the query after %d seconds, or search by userName, emails, externalId, displayName or id with eq: "+
			"such a query has no limit of this kind", e.PerMinute, seconds)}
}
