// Command authorizer is the Lambda function by which API Gateway authenticates bearer tokens.
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
	authenticator, err := authorizer.OpenAuthenticator(cfg, log)
	a := &authorizer.Authorizer{Authenticator: authenticator, Log: log, SharedKey: cfg.SharedAPIKey}
	return a.Authorize, err
}
