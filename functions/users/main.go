// Command users is the Lambda function behind /Users.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"scimserver/shared/config"
	"scimserver/shared/directory"
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
	dir, err := directory.Open(ctx, directory.Options{Table: cfg.Table, Scope: directory.Scope(cfg.Scope)})
	if err != nil {
		return nil, err
	}
	o := server.Options{Registry: registry, Directory: dir, BaseURL: cfg.BaseURL, Log: log}
	if cfg.StorePasswords {
		o.Passwords = password.Hash
	}
	return server.New(o, server.Users), warm(ctx, dir)
}

// warm opens the connection to DynamoDB while the function starts, and refuses a
// table of other settings. A table out of reach now is asked again later.
func warm(ctx context.Context, dir *directory.Directory) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := dir.Ready(ctx); errors.Is(err, directory.ErrSettings) {
		return err
	}
	return nil
}
