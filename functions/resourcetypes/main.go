// Command resourcetypes is the Lambda function behind /ResourceTypes.
package main

import (
	"context"
	"log/slog"
	"net/http"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
)

func main() { gateway.Main(build) }

func build(_ context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
	registry, err := schema.Standard()
	return server.New(
		server.Options{Registry: registry, BaseURL: cfg.BaseURL, Support: cfg.SupportContact, Log: log},
		server.ResourceTypes,
	), err
}
