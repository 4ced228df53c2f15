package scim

import (
	"net/http"
	"strconv"
)

// Error is the only kind of error that reaches a client (RFC 7644 section 3.12). Detail is
// written for the administrator who reads it in the provider's console; Err is for the log
// only.
type Error struct {
	Status     int
	Type       ErrorType // "" if the RFCs define none
	Detail     string
	Allow      string // with 405: the methods that the endpoint supports
	RetryAfter int    // in seconds; with 429 and 503
	// AcceptEncoding lists the content codings that are accepted (RFC 7694 section 3). It
	// is set if the status is 415 because of the request's content coding.
	AcceptEncoding string
	Err            error
}

// ErrorType is a scimType of RFC 7644 table 9 or RFC 9865 section 2.1.
type ErrorType string

// The scimTypes.
const (
	TypeInvalidFilter ErrorType = "invalidFilter"
	TypeTooMany       ErrorType = "tooMany"
	TypeUniqueness    ErrorType = "uniqueness"
	TypeMutability    ErrorType = "mutability"
	TypeInvalidSyntax ErrorType = "invalidSyntax"
	TypeInvalidPath   ErrorType = "invalidPath"
	TypeNoTarget      ErrorType = "noTarget"
	TypeInvalidValue  ErrorType = "invalidValue"
	TypeInvalidVers   ErrorType = "invalidVers"
	TypeInvalidCursor ErrorType = "invalidCursor"
	TypeExpiredCursor ErrorType = "expiredCursor"
	TypeInvalidCount  ErrorType = "invalidCount"
)

// Error returns the status, the scimType, the detail and the cause.
func (e *Error) Error() string {
	s := strconv.Itoa(e.Status) + " " + string(e.Type) + ": " + e.Detail
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause, which is not sent to clients.
func (e *Error) Unwrap() error { return e.Err }

// WithCause returns a copy of e with a cause for the log.
func (e *Error) WithCause(err error) *Error {
	caused := *e
	caused.Err = err
	return &caused
}

// Value returns the body of the error response. status is a string (RFC 7644 section 3.12).
func (e *Error) Value() Value {
	members := []Member{
		{"schemas", Texts(ErrorMessage)},
		{"status", Text(strconv.Itoa(e.Status))},
	}
	if e.Type != "" {
		members = append(members, Member{"scimType", Text(string(e.Type))})
	}
	return Map(append(members, Member{"detail", Text(e.Detail)})...)
}

// InvalidFilter says that a filter is malformed, or that an attribute does not support the
// operator.
func InvalidFilter(detail string) *Error { return badRequest(TypeInvalidFilter, detail) }

// TooMany says that the request would return or cost more than the service allows.
func TooMany(detail string) *Error { return badRequest(TypeTooMany, detail) }

// Mutability says that the change is not compatible with the attribute's
// mutability.
func Mutability(detail string) *Error { return badRequest(TypeMutability, detail) }

// InvalidSyntax says that the body does not have the structure of the message.
func InvalidSyntax(detail string) *Error { return badRequest(TypeInvalidSyntax, detail) }

// InvalidPath says that a PATCH path is malformed or names no attribute.
func InvalidPath(detail string) *Error { return badRequest(TypeInvalidPath, detail) }

// NoTarget says that a PATCH path matches nothing.
func NoTarget(detail string) *Error { return badRequest(TypeNoTarget, detail) }

// InvalidValue says that a value is missing or does not fit its attribute.
func InvalidValue(detail string) *Error { return badRequest(TypeInvalidValue, detail) }

// InvalidVers says that the protocol version in the URL is not served.
func InvalidVers(detail string) *Error { return badRequest(TypeInvalidVers, detail) }

// InvalidCursor says that this service did not issue the cursor for this query (RFC 9865
// section 2.1).
func InvalidCursor(detail string) *Error { return badRequest(TypeInvalidCursor, detail) }

// ExpiredCursor says that a cursor is too old.
func ExpiredCursor(detail string) *Error { return badRequest(TypeExpiredCursor, detail) }

// InvalidCount says that count is invalid, or differs from the count of earlier pages.
func InvalidCount(detail string) *Error { return badRequest(TypeInvalidCount, detail) }

func badRequest(t ErrorType, detail string) *Error {
	return &Error{Status: http.StatusBadRequest, Type: t, Detail: detail}
}

// Uniqueness says that a value is in use already. It is 409 for every method
// (RFC 7644 section 3.3 for POST; the RFCs disagree for PUT and PATCH).
func Uniqueness(detail string) *Error {
	return &Error{Status: http.StatusConflict, Type: TypeUniqueness, Detail: detail}
}

// Unauthorized says that the credential is missing or no longer valid.
func Unauthorized(detail string) *Error { return withStatus(http.StatusUnauthorized, detail) }

// Forbidden says that the credential may not do this.
func Forbidden(detail string) *Error { return withStatus(http.StatusForbidden, detail) }

// NotFound says that the resource or endpoint does not exist.
func NotFound(detail string) *Error { return withStatus(http.StatusNotFound, detail) }

// MethodNotAllowed says which methods the endpoint has.
func MethodNotAllowed(method, allow string) *Error {
	e := withStatus(http.StatusMethodNotAllowed, "this endpoint does not support "+method+"; it supports "+allow)
	e.Allow = allow
	return e
}

// NotAcceptable says that no representation fits the Accept header.
func NotAcceptable(detail string) *Error { return withStatus(http.StatusNotAcceptable, detail) }

// PreconditionFailed says that the resource is no longer at the version named
// in If-Match.
func PreconditionFailed(detail string) *Error {
	return withStatus(http.StatusPreconditionFailed, detail)
}

// TooLarge says that the body exceeds a limit.
func TooLarge(detail string) *Error { return withStatus(http.StatusRequestEntityTooLarge, detail) }

// UnsupportedMediaType says that the body is not of a media type that SCIM allows.
func UnsupportedMediaType(detail string) *Error {
	return withStatus(http.StatusUnsupportedMediaType, detail)
}

// UnsupportedEncoding says that the body has a content coding, such as gzip.
func UnsupportedEncoding(coding string) *Error {
	e := withStatus(http.StatusUnsupportedMediaType,
		"this service does not accept Content-Encoding "+coding+"; send the body without it")
	e.AcceptEncoding = "identity"
	return e
}

// NotImplemented says that the service does not offer an optional feature.
func NotImplemented(detail string) *Error { return withStatus(http.StatusNotImplemented, detail) }

// Unavailable says that the request could not be completed, and can be sent again after
// the given number of seconds.
func Unavailable(seconds int) *Error {
	e := withStatus(http.StatusServiceUnavailable, "the directory is busy or out of reach; send the request again")
	e.RetryAfter = seconds
	return e
}

// Internal hides an error that the client can do nothing about.
func Internal(err error) *Error {
	e := withStatus(
		http.StatusInternalServerError,
		"an internal error occurred; the operator finds it in the log under this request's id",
	)
	e.Err = err
	return e
}

func withStatus(status int, detail string) *Error { return &Error{Status: status, Detail: detail} }
