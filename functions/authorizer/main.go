// Command authorizer is the Lambda function that API Gateway asks who a bearer
// token speaks for.
package main

import (
	"context"
	"log/slog"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
)

func main() { gateway.MainEvents(build) }

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (any, error) {
	gate, err := gateway.Gate(ctx, cfg, log)
	a := &gateway.Authorizer{Gate: gate, Log: log, SharedKey: cfg.SharedAPIKey}
	return a.Authorize, err
}
