// Command changes is the Lambda function that the table's stream and a schedule invoke: it
// writes and pushes events, writes the provisioning log, closes conflicts, and completes large
// changes and deletions that were interrupted.
package main

import (
	"context"
	"log/slog"

	"scimserver/shared/config"
	"scimserver/shared/eventbus"
	"scimserver/shared/gateway"
	"scimserver/shared/gateway/changes"
	"scimserver/shared/gateway/resources"
	"scimserver/shared/scim/schema"
)

func main() { gateway.MainEvents(build) }

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (any, error) {
	registry, err := schema.Standard()
	if err != nil {
		return nil, err
	}
	dir, err := resources.Directory(ctx, cfg, registry)
	if err != nil || cfg.EventBus == "" {
		return changes.Handler(dir, nil, log), err
	}
	bus, err := eventbus.Open(cfg.EventBus, cfg.EventSource)
	return changes.Handler(dir, bus, log), err
}
