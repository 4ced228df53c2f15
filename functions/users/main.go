// Command users is the Lambda function behind /Users.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"scimserver/shared/config"
	"scimserver/shared/directory"
	"scimserver/shared/gateway"
	"scimserver/shared/password"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
)

func main() {
	if err := run(context.Background()); err != nil {
		slog.Error("the function can't start", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cfg, err := config.Read(os.Getenv)
	if err != nil {
		return err
	}
	registry, err := schema.Standard()
	if err != nil {
		return err
	}
	dir, err := directory.Open(ctx, directory.Options{Table: cfg.Table, Scope: directory.Scope(cfg.Scope)})
	if err != nil {
		return err
	}
	if err := warm(ctx, dir); err != nil {
		return err
	}
	o := server.Options{Registry: registry, Directory: dir, BaseURL: cfg.BaseURL, Log: cfg.Logger(os.Stdout)}
	if cfg.StorePasswords {
		o.Passwords = password.Hash
	}
	gateway.Start(server.New(o, server.Users))
	return nil
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
