// Command me is the Lambda function behind /Me, the alias of the user whom a
// credential speaks for.
package main

import (
	"context"
	"log/slog"
	"net/http"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/password"
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
	o := server.Options{Registry: registry, Directory: dir, BaseURL: cfg.BaseURL, Log: log}
	if cfg.StorePasswords {
		o.Passwords = password.Hash
	}
	return server.New(o, server.Me), nil
}
