// Package oauth is the token endpoint of OAuth 2.0 for the grant of client
// credentials (RFC 6749 section 4.4): a client's id and secret for an access token.
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

// Path is where the endpoint stands, beside the service itself.
const Path = "/oauth2/token"

// Endpoint answers token requests.
type Endpoint struct {
	Authenticator *access.Authenticator
	Log           *slog.Logger
	Now           func() time.Time
}

// ServeHTTP carries out a request and logs one line, which holds no secret and no token.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := e.Now()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	grant, answer, err := e.exchange(r)
	status, level := http.StatusOK, slog.LevelInfo
	attrs := []slog.Attr{slog.String("tenant", string(grant.Tenant.ID)), slog.String("credential", string(grant.Credential.KeyID))}
	if err != nil {
		refusal := asTokenError(err)
		status, answer = refusal.status, refusal
		refusal.headers(w.Header())
		attrs = append(attrs, slog.String("code", refusal.Code))
		if refusal.cause != nil {
			level = slog.LevelError
			attrs = append(attrs, slog.String("error", refusal.cause.Error()))
		}
	}
	attrs = append(attrs, slog.Int("status", status), slog.Float64("ms", float64(e.Now().Sub(start).Microseconds())/1000))
	e.Log.LogAttrs(r.Context(), level, "token", attrs...)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the client is gone: nothing is left to do
}

// tokenResponse is the answer to a request that was granted (RFC 6749 section 5.1).
type tokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	Scope       string `json:"scope"`
}

// exchange changes a client's secret for a token.
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

// narrowScopes is what a client asks for of what it may do; all of it when it asks
// for nothing.
func narrowScopes(may []tenant.Scope, asked []string) ([]tenant.Scope, error) {
	if len(asked) == 0 {
		return may, nil
	}
	var scopes []tenant.Scope
	for _, name := range asked {
		scope, ok := findScope(may, name)
		if !ok {
			return nil, newError(http.StatusBadRequest, "invalid_scope", "the client may ask for the scopes read and write only, as far as the operator granted them")
		}
		scopes = append(scopes, scope)
	}
	return tenant.Effective(scopes), nil
}

func findScope(may []tenant.Scope, name string) (tenant.Scope, bool) {
	for _, scope := range may {
		if string(scope) == name {
			return scope, true
		}
	}
	return "", false
}
