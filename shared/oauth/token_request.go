package oauth

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxBody is the maximum size of a request body, in bytes: far more than a request needs.
const maxBody = 16 << 10

// request is a token request.
type request struct {
	id, secret string
	scopes     []string
}

// readRequest reads a token request (RFC 6749 sections 2.3.1 and 4.4.2). It ignores unknown
// parameters and rejects repeated ones, as section 3.2 requires.
func readRequest(r *http.Request) (q request, err error) {
	if r.Method != http.MethodPost {
		return q, newError(http.StatusMethodNotAllowed, "invalid_request", "send token requests with the method POST")
	}
	form, err := readForm(r)
	if err != nil {
		return q, err
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret", "scope"} {
		if len(form[name]) > 1 {
			return q, newError(http.StatusBadRequest, "invalid_request", "the parameter "+name+" occurs more than once")
		}
	}
	if q.id, q.secret, err = clientCredentials(r, form); err != nil {
		return q, err
	}
	switch form.Get("grant_type") {
	case "client_credentials":
	case "":
		return q, newError(http.StatusBadRequest, "invalid_request", "the parameter grant_type is missing")
	default:
		return q, newError(http.StatusBadRequest, "unsupported_grant_type", "the grant type must be client_credentials")
	}
	q.scopes = strings.Fields(form.Get("scope"))
	return q, nil
}

// readForm reads the parameters in the body. Those in the URL are ignored.
func readForm(r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, newError(http.StatusBadRequest, "invalid_request",
			"the Content-Type must be application/x-www-form-urlencoded")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, newError(http.StatusRequestEntityTooLarge, "invalid_request", "the body is too large")
	}
	form, malformed := url.ParseQuery(string(body))
	if err != nil || malformed != nil {
		return nil, newError(http.StatusBadRequest, "invalid_request", "the body is malformed")
	}
	return form, nil
}

// clientCredentials returns the id and secret of the client, from the header or the form. It
// is an error to send both (RFC 6749 section 2.3).
func clientCredentials(r *http.Request, form url.Values) (id, secret string, err error) {
	id, secret = form.Get("client_id"), form.Get("client_secret")
	if r.Header.Get("Authorization") == "" {
		if id == "" || secret == "" {
			return "", "", invalidClient()
		}
		return id, secret, nil
	}
	user, password, ok := basicAuth(r)
	user, err1 := url.QueryUnescape(user)
	password, err2 := url.QueryUnescape(password)
	switch {
	case !ok || err1 != nil || err2 != nil:
		return "", "", invalidClient()
	case secret != "" || id != "" && id != user:
		return "", "", newError(http.StatusBadRequest, "invalid_request",
			"send the client's id and secret in the Authorization header or in the body, not in both")
	}
	return user, password, nil
}

// basicAuth is r.BasicAuth, and accepts more than one space after the scheme (RFC 9110
// section 11.4).
func basicAuth(r *http.Request) (user, password string, ok bool) {
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	one := http.Request{Header: http.Header{"Authorization": {scheme + " " + strings.TrimLeft(credentials, " ")}}}
	return one.BasicAuth()
}
