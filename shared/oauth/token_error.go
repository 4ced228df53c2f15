package oauth

import (
	"context"
	"errors"
	"net/http"
	"scimserver/shared/tenantstore"
)

// tokenError is the answer to a request that was not granted (RFC 6749 section 5.2).
type tokenError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`

	status int
	cause  error // for the log alone
}

// Error gives the code and what it is about.
func (r *tokenError) Error() string { return r.Code + ": " + r.Description }

func newError(status int, code, description string) *tokenError {
	return &tokenError{Code: code, Description: description, status: status}
}

// invalidClient never says what is wrong: whether a client exists is not for
// everybody to know.
func invalidClient() *tokenError {
	return newError(http.StatusUnauthorized, "invalid_client", "the client id or secret is missing, unknown, expired or revoked")
}

// asTokenError turns any error into one for the client. The codes are those of
// section 4.1.2.1, since section 5.2 has none for a server in trouble.
func asTokenError(err error) *tokenError {
	if r, ok := errors.AsType[*tokenError](err); ok {
		return r
	}
	r := newError(http.StatusInternalServerError, "server_error", "the request failed; the operator finds the cause in the logs")
	if errors.Is(err, tenantstore.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		r = newError(http.StatusServiceUnavailable, "temporarily_unavailable", "secrets can't be checked at the moment; send the request again")
	}
	r.cause = err
	return r
}

// headers adds those that go with a status.
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
