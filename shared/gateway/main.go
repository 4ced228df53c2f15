package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"scimserver/shared/access"
	"scimserver/shared/accesstoken"
	"scimserver/shared/config"
	"scimserver/shared/directory"
	"scimserver/shared/password"
	"scimserver/shared/scim/schema"
	"scimserver/shared/secret"
	"scimserver/shared/server"
	"scimserver/shared/tenantstore"
)

// Main is the body of a function's main: it reads the environment, calls build,
// and serves what that returns. When either fails, the process ends, and Lambda
// reports that the function can't start.
func Main(build func(context.Context, config.Config, *slog.Logger) (http.Handler, error)) {
	MainEvents(func(ctx context.Context, cfg config.Config, log *slog.Logger) (any, error) {
		h, err := build(ctx, cfg, log)
		return NewHandler(h), err
	})
}

// MainResources is Main for a function that serves an endpoint of the resources in
// the directory.
func MainResources(endpoint server.Endpoint) {
	Main(func(ctx context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
		registry, err := schema.Standard()
		if err != nil {
			return nil, err
		}
		dir, err := Directory(ctx, cfg)
		if err != nil {
			return nil, err
		}
		o := server.Options{Registry: registry, Directory: dir, BaseURL: cfg.BaseURL, Log: log}
		if cfg.StorePasswords {
			o.Passwords = password.Hash
		}
		return server.New(o, endpoint), nil
	})
}

// MainEvents is Main for a function whose events are no HTTP requests: build
// returns a handler as lambda.Start takes it.
func MainEvents(build func(context.Context, config.Config, *slog.Logger) (any, error)) {
	cfg, err := config.Read(os.Getenv)
	if err == nil {
		var handler any
		if handler, err = build(context.Background(), cfg, cfg.Logger(os.Stdout)); err == nil {
			lambda.Start(handler)
		}
	}
	cfg.Logger(os.Stdout).Error("the function can't start", "error", err)
	os.Exit(1)
}

// Gate opens what decides about credentials.
func Gate(ctx context.Context, cfg config.Config, log *slog.Logger) (*access.Gate, error) {
	tenants, err := tenantstore.Open(ctx, tenantstore.Options{Table: cfg.Table, Budget: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	read, err := secret.Open(ctx, cfg.SigningSecret)
	if err != nil {
		return nil, err
	}
	keys := &accesstoken.Keyring{Service: cfg.Table, Read: read, Now: time.Now}
	return &access.Gate{Tenants: tenants, Keys: keys, Log: log, Now: time.Now}, nil
}

// Directory opens the directory of a configuration, for a function that changes
// resources. It opens the connection to DynamoDB while the function starts, and
// refuses a table of other settings. A table out of reach now is asked again later.
func Directory(ctx context.Context, cfg config.Config) (*directory.Directory, error) {
	dir, err := directory.Open(ctx, directory.Options{
		Table: cfg.Table, Scope: directory.Scope(cfg.Scope), Step: cfg.MembersPerTransaction,
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := dir.Ready(ctx); errors.Is(err, directory.ErrSettings) {
		return nil, err
	}
	return dir, nil
}
