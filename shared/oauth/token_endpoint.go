// Package oauth is the OAuth 2.0 token endpoint for the client credentials grant (RFC 6749
// section 4.4): it exchanges a client's id and secret for an access token.
package oauth

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"scimserver/shared/access"
	"scimserver/shared/accesstoken"
	"scimserver/shared/tenant"
)

// Path is the path of the endpoint, next to that of the SCIM service.
const Path = "/oauth2/token"

// Endpoint answers token requests.
type Endpoint struct {
	Authenticator *access.Authenticator
	Log           *slog.Logger
	Now           func() time.Time
}

// ServeHTTP answers a token request and logs one line, which contains no secret or token.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := e.Now()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	grant, answer, err := e.exchange(r)
	status, level := http.StatusOK, slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("tenant", string(grant.Tenant.ID)), slog.String("credential", string(grant.Credential.KeyID)),
	}
	if err != nil {
		e := asTokenError(err)
		status, answer = e.status, e
		e.headers(w.Header())
		attrs = append(attrs, slog.String("code", e.Code))
		if e.cause != nil {
			level = slog.LevelError
			attrs = append(attrs, slog.String("error", e.cause.Error()))
		}
	}
	attrs = append(
		attrs,
		slog.Int("status", status),
		slog.Float64("ms", float64(e.Now().Sub(start).Microseconds())/1000),
	)
	e.Log.LogAttrs(r.Context(), level, "token", attrs...)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // an error means that the client has disconnected
}

// tokenResponse is the body of a successful response (RFC 6749 section 5.1).
type tokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	Scope       string `json:"scope"`
}

// exchange exchanges a client's secret for an access token.
func (e *Endpoint) exchange(r *http.Request) (grant access.Grant, answer any, err error) {
	q, err := readRequest(r)
	if err != nil {
		return grant, nil, err
	}
	grant, err = e.Authenticator.Client(r.Context(), q.id, q.secret)
	if errors.Is(err, access.ErrInvalidCredential) {
		return grant, nil, invalidClient()
	}
	if err != nil {
		return grant, nil, err
	}
	if grant.Scopes, err = narrowScopes(grant.Scopes, q.scopes); err != nil {
		return grant, nil, err
	}
	token, claims, err := e.Authenticator.IssueToken(r.Context(), grant)
	if err != nil {
		return grant, nil, err
	}
	return grant, newTokenResponse(token, claims), nil
}

func newTokenResponse(token string, c accesstoken.Claims) tokenResponse {
	names := make([]string, len(c.Scopes))
	for i, scope := range c.Scopes {
		names[i] = string(scope)
	}
	return tokenResponse{
		AccessToken: token, TokenType: "Bearer", Scope: strings.Join(names, " "),
		ExpiresIn: int(c.Expires.Sub(c.Issued) / time.Second),
	}
}

// narrowScopes returns the granted scopes that the client requests, or all of them if it
// requests none.
func narrowScopes(granted []tenant.Scope, requested []string) ([]tenant.Scope, error) {
	if len(requested) == 0 {
		return granted, nil
	}
	var scopes []tenant.Scope
	for _, name := range requested {
		scope, ok := findScope(granted, name)
		if !ok {
			return nil, newError(http.StatusBadRequest, "invalid_scope",
				"the scopes are read and write; request only those that the client has been granted")
		}
		scopes = append(scopes, scope)
	}
	return tenant.Effective(scopes), nil
}

func findScope(granted []tenant.Scope, name string) (tenant.Scope, bool) {
	for _, scope := range granted {
		if string(scope) == name {
			return scope, true
		}
	}
	return "", false
}
