package oauth

import (
	"context"
	"errors"
	"net/http"
	"scimserver/shared/tenantstore"
)

// tokenError is the body of an error response (RFC 6749 section 5.2).
type tokenError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`

	status int
	cause  error // only for the log
}

// Error returns the code and the description.
func (r *tokenError) Error() string { return r.Code + ": " + r.Description }

func newError(status int, code, description string) *tokenError {
	return &tokenError{Code: code, Description: description, status: status}
}

// invalidClient has the same text for every reason, so that it does not reveal whether a
// client exists.
func invalidClient() *tokenError {
	return newError(http.StatusUnauthorized, "invalid_client",
		"the client id or secret is missing, unknown, expired or revoked")
}

// asTokenError turns any error into one for the client. The codes of server errors are those
// of section 4.1.2.1, because section 5.2 has none.
func asTokenError(err error) *tokenError {
	if r, ok := errors.AsType[*tokenError](err); ok {
		return r
	}
	r := newError(http.StatusInternalServerError, "server_error",
		"the request failed because of an internal error; if it happens again, contact the service's support")
	if errors.Is(err, tenantstore.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		r = newError(http.StatusServiceUnavailable, "temporarily_unavailable",
			"the service can't check client secrets at the moment; send the request again")
	}
	r.cause = err
	return r
}

// headers adds the headers that the status requires.
func (r *tokenError) headers(h http.Header) {
	switch r.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="scim"`)
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "2")
	}
}
