// Package authorizer is API Gateway's Lambda authorizer: it authenticates bearer tokens.
package authorizer

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/access"
	"scimserver/shared/accesstoken"
	"scimserver/shared/config"
	"scimserver/shared/scim"
	"scimserver/shared/secret"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// unauthorized has the text for which API Gateway responds with 401. Lambda logs its name as the type of
// the error.
type unauthorized struct{ cause tenant.RefusalCause }

func (unauthorized) Error() string { return "Unauthorized" }

// Authorizer is a TOKEN authorizer: for a bearer token it returns a policy for the whole
// stage, which API Gateway caches, and a context that describes the caller to the functions.
type Authorizer struct {
	Authenticator *access.Authenticator
	Log           *slog.Logger
	// SharedKey is the API key under which API Gateway counts the requests of all
	// tenants that have none of their own.
	SharedKey string
}

// Authorize is the handler.
func (a *Authorizer) Authorize(
	ctx context.Context, e events.APIGatewayCustomAuthorizerRequest,
) (events.APIGatewayCustomAuthorizerResponse, error) {
	grant, err := a.authenticate(ctx, e)
	if errors.Is(err, access.ErrInvalidCredential) {
		err = unauthorized{access.Cause(err)}
	}
	a.logOutcome(ctx, grant, err)
	if err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	return a.allow(e.MethodArn, grant), nil
}

// authenticate counts a use of the credential or a wrong URL, and neither if somebody opens the base URL alone.
func (a *Authorizer) authenticate(
	ctx context.Context, e events.APIGatewayCustomAuthorizerRequest,
) (access.Grant, error) {
	switch {
	case isEndpoint(e.MethodArn):
		return a.Authenticator.Bearer(ctx, e.AuthorizationToken)
	case isBaseURL(e.MethodArn):
		return a.Authenticator.Unused(ctx, e.AuthorizationToken)
	}
	return a.Authenticator.Misdirected(ctx, e.AuthorizationToken)
}

// isEndpoint reports whether a request leads to an endpoint. methodARN has the form
// <api>/<stage>/<method>/<path>. The result does not decide whether the request is allowed: an unknown
// path is answered with 404 later. So is /Users/Users, which a provider requests if its base URL ends in
// an endpoint.
func isEndpoint(methodARN string) bool {
	parts := strings.SplitN(methodARN, "/", 4)
	below, ok := strings.CutPrefix("/"+parts[len(parts)-1], "/scim/v2/")
	first, rest, _ := strings.Cut(below, "/")
	second, _, _ := strings.Cut(rest, "/")
	return len(parts) == 4 && ok && slices.Contains(scim.Endpoints(), first) && second != "Users" && second != "Groups"
}

// isBaseURL reports whether a request reads the base URL, which is right but no endpoint.
func isBaseURL(methodARN string) bool {
	_, resource, _ := strings.Cut(methodARN, "/")
	_, resource, _ = strings.Cut(resource, "/")
	return resource == "GET/scim/v2"
}

// logOutcome logs one line for each decision. Only a failure is logged with its error.
func (a *Authorizer) logOutcome(ctx context.Context, g access.Grant, err error) {
	level, outcome := slog.LevelInfo, "allowed"
	attrs := []slog.Attr{
		slog.String("credential", string(g.Credential.KeyID)), slog.String("tenant", string(g.Credential.Tenant)),
	}
	switch refused, ok := errors.AsType[unauthorized](err); {
	case ok:
		outcome = "refused"
		attrs = append(attrs, slog.String("reason", refused.cause.Meaning()))
	case err != nil:
		level, outcome = slog.LevelError, "failed"
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	a.Log.LogAttrs(ctx, level, "authorize", append(attrs, slog.String("outcome", outcome))...)
}

// allow makes the policy. It must cover the whole stage, because API Gateway caches it for
// the token and uses it for other paths.
func (a *Authorizer) allow(methodARN string, g access.Grant) events.APIGatewayCustomAuthorizerResponse {
	api, _, _ := strings.Cut(methodARN, "/")
	stage, _, _ := strings.Cut(strings.TrimPrefix(methodARN, api+"/"), "/")
	key := g.Tenant.Key.Value
	if key == "" {
		key = a.SharedKey
	}
	return events.APIGatewayCustomAuthorizerResponse{
		PrincipalID: string(g.Credential.KeyID),
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17",
			Statement: []events.IAMPolicyStatement{{
				Action: []string{"execute-api:Invoke"}, Effect: "Allow", Resource: []string{api + "/" + stage + "/*/*"},
			}},
		},
		Context:            callerContext(g, a.Authenticator.Now()),
		UsageIdentifierKey: key,
	}
}

// callerContext makes the context that package gateway reads. API Gateway passes on only
// simple values, and turns them into text.
func callerContext(g access.Grant, now time.Time) map[string]any {
	expires := "0"
	if !g.Expires.IsZero() {
		expires = strconv.FormatInt(g.Expires.Unix(), 10)
	}
	scopes := make([]string, len(g.Scopes))
	for i, scope := range g.Scopes {
		scopes[i] = string(scope)
	}
	values := map[string]any{
		"tenant": string(g.Tenant.ID), "profile": string(g.Tenant.Profile), "credential": string(g.Credential.KeyID),
		"scopes": strings.Join(scopes, " "), "expires": expires, "quotas": g.Tenant.Limits.Quotas(),
	}
	if g.Credential.Subject != "" {
		values["subject"] = g.Credential.Subject
	}
	if trace := g.Tenant.Trace; trace.On(now) {
		values["trace"] = trace.String()
	}
	if g.Tenant.Schemas != "" {
		values["schemas"] = string(g.Tenant.Schemas)
	}
	return values
}

// OpenAuthenticator returns an Authenticator with the table and the signing secret of a configuration.
func OpenAuthenticator(cfg config.Config, log *slog.Logger) (*access.Authenticator, error) {
	tenants, err := tenantstore.Open(tenantstore.Options{Table: cfg.Table, Budget: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	read, err := secret.Open(cfg.SigningSecret)
	if err != nil {
		return nil, err
	}
	keys := &accesstoken.Keyring{Service: cfg.Table, Read: read, Now: time.Now}
	return &access.Authenticator{Tenants: tenants, Keys: keys, Log: log, Now: time.Now}, nil
}
