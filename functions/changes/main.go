// Command changes is the Lambda function that the table's stream and a schedule invoke: it
// writes the provisioning log, closes conflicts, and completes large changes and deletions
// that were interrupted.
package main

import (
	"context"
	"log/slog"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/gateway/changes"
	"scimserver/shared/gateway/resources"
)

func main() { gateway.MainEvents(build) }

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (any, error) {
	dir, err := resources.Directory(ctx, cfg)
	return changes.Handler(dir, log), err
}
