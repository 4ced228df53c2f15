// Command search is the Lambda function behind /.search, the search over users and
// groups at once.
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

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
	registry, err := schema.Standard()
	if err != nil {
		return nil, err
	}
	dir, err := gateway.Directory(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return server.New(server.Options{Registry: registry, Directory: dir, BaseURL: cfg.BaseURL, Log: log}, server.Search), nil
}
