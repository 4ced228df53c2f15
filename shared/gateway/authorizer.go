package gateway

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// errUnauthorized is the text that makes API Gateway answer 401.
var errUnauthorized = errors.New("Unauthorized")

// Authorizer returns the handler of a TOKEN authorizer: it turns a bearer token
// into a policy for the whole stage, which API Gateway caches, and a context
// with the tenant, its profile and the credential's id, scopes and expiry. An
// unknown key takes the same path as a wrong secret.
func Authorizer(d *directory.Directory, log *slog.Logger, now func() time.Time) func(context.Context, events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
	return func(ctx context.Context, e events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		credential, record, err := authenticate(ctx, d, e.AuthorizationToken, now())
		logOutcome(ctx, log, credential, record, err)
		if err != nil {
			return events.APIGatewayCustomAuthorizerResponse{}, err
		}
		return allow(e.MethodArn, credential, record), nil
	}
}

// logOutcome writes the one line of a decision. Only a failure has a cause.
func logOutcome(ctx context.Context, log *slog.Logger, c tenant.Credential, t tenant.Tenant, err error) {
	level, outcome := slog.LevelInfo, "allowed"
	attrs := []slog.Attr{slog.String("credential", string(c.KeyID)), slog.String("tenant", string(t.ID))}
	switch {
	case errors.Is(err, errUnauthorized):
		outcome = "refused"
	case err != nil:
		level, outcome = slog.LevelError, "failed"
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	log.LogAttrs(ctx, level, "authorize", append(attrs, slog.String("outcome", outcome))...)
}

// authenticate returns whom a header speaks for, or errUnauthorized.
func authenticate(ctx context.Context, d *directory.Directory, header string, now time.Time) (tenant.Credential, tenant.Tenant, error) {
	var none tenant.Tenant
	scheme, token, _ := strings.Cut(header, " ")
	keyID, err := tenant.Parse(token)
	if err != nil || !strings.EqualFold(scheme, "Bearer") {
		return tenant.Credential{}, none, errUnauthorized
	}
	credential, err := d.Credential(ctx, keyID)
	if err != nil && !errors.Is(err, directory.ErrNotFound) {
		return credential, none, err
	}
	if !credential.Proves(token) || credential.Expired(now) {
		return credential, none, errUnauthorized
	}
	record, err := d.Tenant(ctx, credential.Tenant)
	if errors.Is(err, directory.ErrNotFound) {
		err = errUnauthorized
	}
	return credential, record, err
}

// allow makes the policy. It must cover the whole stage: API Gateway caches it
// for the token, whatever the next path.
func allow(methodARN string, c tenant.Credential, t tenant.Tenant) events.APIGatewayCustomAuthorizerResponse {
	api, _, _ := strings.Cut(methodARN, "/")
	stage, _, _ := strings.Cut(strings.TrimPrefix(methodARN, api+"/"), "/")
	expires := "0"
	if !c.Expires.IsZero() {
		expires = strconv.FormatInt(c.Expires.Unix(), 10)
	}
	scopes := make([]string, len(c.Scopes))
	for i, scope := range c.Scopes {
		scopes[i] = string(scope)
	}
	return events.APIGatewayCustomAuthorizerResponse{
		PrincipalID: string(c.KeyID),
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17",
			Statement: []events.IAMPolicyStatement{{
				Action: []string{"execute-api:Invoke"}, Effect: "Allow", Resource: []string{api + "/" + stage + "/*/*"},
			}},
		},
		Context: map[string]any{
			"tenant": string(t.ID), "profile": string(t.Profile), "credential": string(c.KeyID),
			"scopes": strings.Join(scopes, " "), "expires": expires,
		},
	}
}
