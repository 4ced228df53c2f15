package admin

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// Error is the answer to a request that failed.
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"error"`
	Message string `json:"message"`
	Oldest  int64  `json:"oldest,omitempty"` // for 410, the sequence of the oldest event that can be read

	cause error  // only for the log
	allow string // for 405, the methods that the path supports
}

// Error returns the message of the answer.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause. Callers of the API do not see it.
func (e *Error) Unwrap() error { return e.cause }

func invalid(format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: "invalid", Message: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) *Error {
	return &Error{Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf(format, args...)}
}

func conflict(format string, args ...any) *Error {
	return &Error{Status: http.StatusConflict, Code: "conflict", Message: fmt.Sprintf(format, args...)}
}

func beingDeleted(id tenant.ID) *Error { return conflict("tenant %s is being deleted", id) }

// refusedBy returns the answer to a typed error of the directory, nil for any other error.
func refusedBy(err error) *Error {
	if taken, ok := errors.AsType[*tenantstore.DomainTakenError](err); ok {
		return conflict("verified for another tenant: %s", strings.Join(taken.Domains, ", "))
	}
	if removed, ok := errors.AsType[*tenantstore.RemovedError](err); ok {
		return conflict("a tenant with this id was deleted a moment ago, and a request to delete it may still be "+
			"running: create the tenant again in %d seconds", int(math.Ceil(removed.Wait.Seconds())))
	}
	if taken, ok := errors.AsType[*directory.TakenError](err); ok {
		return conflict("%s", takenText(taken))
	}
	if refused, ok := errors.AsType[*directory.ResolutionError](err); ok {
		return conflict("%s", refused.Reason)
	}
	if unknown, ok := errors.AsType[*directory.UnknownMembersError](err); ok {
		return invalid("neither an account nor a user of the tenant: %s", joinIDs(unknown.IDs))
	}
	if bad, ok := errors.AsType[*scim.Error](err); ok {
		return invalid("%s", bad.Detail)
	}
	return nil
}

// toAPIError turns any error into an answer. subject names the resource that does not exist or
// exists already.
func toAPIError(err error, subject string) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	e := &Error{Status: http.StatusInternalServerError, Code: "internal", cause: err,
		Message: "the operation failed; the log has the cause"}
	if refused := refusedBy(err); refused != nil {
		return refused
	}
	switch {
	case errors.Is(err, directory.ErrNotFound):
		return notFound("there is no %s", subject)
	case errors.Is(err, tenantstore.ErrExists):
		return conflict("there is a %s already", subject)
	case errors.Is(err, directory.ErrContention):
		return conflict("others keep changing it; repeat the request")
	case errors.Is(err, directory.ErrUnavailable):
		e.Status, e.Code = http.StatusServiceUnavailable, "unavailable"
		e.Message = "the table did not answer in time; repeat the request"
	}
	return e
}
