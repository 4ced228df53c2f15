// Command authorizer is the Lambda function that API Gateway asks who a bearer
// token speaks for.
package main

import (
	"context"
	"log/slog"
	"time"

	"scimserver/shared/config"
	"scimserver/shared/directory"
	"scimserver/shared/gateway"
)

func main() { gateway.MainEvents(build) }

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (any, error) {
	dir, err := directory.Open(ctx, directory.Options{Table: cfg.Table, Budget: 5 * time.Second})
	return gateway.Authorizer(dir, log, time.Now), err
}
