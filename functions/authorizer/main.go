// Command authorizer is the Lambda function that API Gateway asks who a bearer
// token speaks for.
package main

import (
	"context"
	"log/slog"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/gateway/authorizer"
)

func main() { gateway.MainEvents(build) }

func build(_ context.Context, cfg config.Config, log *slog.Logger) (any, error) {
	gate, err := authorizer.OpenAuthenticator(cfg, log)
	a := &authorizer.Authorizer{Authenticator: gate, Log: log, SharedKey: cfg.SharedAPIKey}
	return a.Authorize, err
}
