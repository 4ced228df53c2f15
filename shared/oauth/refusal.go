package oauth

import (
	"context"
	"errors"
	"net/http"
	"scimserver/shared/tenantstore"
)

// refusal is the answer to a request that was not granted (RFC 6749 section 5.2).
type refusal struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`

	status int
	cause  error // for the log alone
}

// Error gives the code and what it is about.
func (r *refusal) Error() string { return r.Code + ": " + r.Description }

func refuse(status int, code, description string) *refusal {
	return &refusal{Code: code, Description: description, status: status}
}

// invalidClient never says what is wrong: whether a client exists is not for
// everybody to know.
func invalidClient() *refusal {
	return refuse(http.StatusUnauthorized, "invalid_client", "the client id or secret is missing, unknown, expired or revoked")
}

// outward turns any error into one for the client. The codes are those of
// section 4.1.2.1, since section 5.2 has none for a server in trouble.
func outward(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	r := refuse(http.StatusInternalServerError, "server_error", "the request failed; the operator finds the cause in the logs")
	if errors.Is(err, tenantstore.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		r = refuse(http.StatusServiceUnavailable, "temporarily_unavailable", "secrets can't be checked at the moment; send the request again")
	}
	r.cause = err
	return r
}

// headers adds those that go with a status.
func (r *refusal) headers(h http.Header) {
	switch r.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="scim"`)
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "2")
	}
}
