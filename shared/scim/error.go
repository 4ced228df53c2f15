package scim

import (
	"net/http"
	"strconv"
)

// Error is the only error that reaches a client (RFC 7644 section 3.12). Detail
// is written for the administrator who reads it in the provider's console; Err
// is for the log alone.
type Error struct {
	Status     int
	Type       ErrorType // "" where the RFCs define none
	Detail     string
	Allow      string // with 405: the methods the endpoint has
	RetryAfter int    // seconds; with 429 and 503
	// AcceptEncoding, with 415 for a content coding alone, lists the codings that are accepted (RFC 7694 section 3).
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

// Error gives the status, the scimType and the detail, and the cause behind it.
func (e *Error) Error() string {
	s := strconv.Itoa(e.Status) + " " + string(e.Type) + ": " + e.Detail
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause, which no client sees.
func (e *Error) Unwrap() error { return e.Err }

// WithCause returns e with a cause for the log.
func (e *Error) WithCause(err error) *Error {
	caused := *e
	caused.Err = err
	return &caused
}

// Value returns the body of the error message. status is a string, as RFC 7644
// section 3.12 defines it.
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

// InvalidFilter says that a filter is malformed or its attribute and operator
// do not go together.
func InvalidFilter(detail string) *Error { return badRequest(TypeInvalidFilter, detail) }

// TooMany says that the request would yield or cost more than the service
// allows.
func TooMany(detail string) *Error { return badRequest(TypeTooMany, detail) }

// Mutability says that the change is not compatible with the attribute's
// mutability.
func Mutability(detail string) *Error { return badRequest(TypeMutability, detail) }

// InvalidSyntax says that the body's structure is not that of the message.
func InvalidSyntax(detail string) *Error { return badRequest(TypeInvalidSyntax, detail) }

// InvalidPath says that a PATCH path is malformed or names no attribute.
func InvalidPath(detail string) *Error { return badRequest(TypeInvalidPath, detail) }

// NoTarget says that a PATCH path matches nothing.
func NoTarget(detail string) *Error { return badRequest(TypeNoTarget, detail) }

// InvalidValue says that a value is missing or does not fit its attribute.
func InvalidValue(detail string) *Error { return badRequest(TypeInvalidValue, detail) }

// InvalidVers says that the protocol version in the URL is not served.
func InvalidVers(detail string) *Error { return badRequest(TypeInvalidVers, detail) }

// InvalidCursor says that a cursor is none of this service's for this query (RFC
// 9865 section 2.1).
func InvalidCursor(detail string) *Error { return badRequest(TypeInvalidCursor, detail) }

// ExpiredCursor says that a cursor is too old.
func ExpiredCursor(detail string) *Error { return badRequest(TypeExpiredCursor, detail) }

// InvalidCount says that count is none, or not that of the pages before.
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

// UnsupportedMediaType says that the body is not SCIM's JSON.
func UnsupportedMediaType(detail string) *Error {
	return withStatus(http.StatusUnsupportedMediaType, detail)
}

// UnsupportedEncoding says that the body has a content coding, such as gzip.
func UnsupportedEncoding(coding string) *Error {
	e := withStatus(http.StatusUnsupportedMediaType, "this service does not accept Content-Encoding "+coding+"; send the body without it")
	e.AcceptEncoding = "identity"
	return e
}

// NotImplemented says that the service does not offer an optional feature.
func NotImplemented(detail string) *Error { return withStatus(http.StatusNotImplemented, detail) }

// Unavailable says that the request could not be finished, and may be sent
// again after that many seconds.
func Unavailable(seconds int) *Error {
	e := withStatus(http.StatusServiceUnavailable, "the directory is busy or out of reach; send the request again")
	e.RetryAfter = seconds
	return e
}

// Internal hides an error that the client can do nothing about.
func Internal(err error) *Error {
	e := withStatus(http.StatusInternalServerError, "an internal error occurred; the operator finds it in the log under this request's id")
	e.Err = err
	return e
}

func withStatus(status int, detail string) *Error { return &Error{Status: status, Detail: detail} }
