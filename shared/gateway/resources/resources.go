// Package resources starts the functions that work on users and groups. It is separate
// from package gateway so that the other functions do not link the directory.
package resources

import (
	"cmp"
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
	"scimserver/shared/tenantschema"
)

// Main is the body of main for a function that serves an endpoint for users or groups.
func Main(endpoint server.Endpoint) {
	gateway.Main(func(ctx context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
		registry, err := schema.Standard()
		if err != nil {
			return nil, err
		}
		dir, err := Directory(ctx, cfg, nil)
		if err != nil {
			return nil, err
		}
		registries := tenantschema.New(registry, dir.Tenants())
		o := server.Options{
			Registry:  registry,
			Directory: dir,
			BaseURL:   cfg.BaseURL,
			Support:   cfg.SupportContact,
			Log:       log,
			Schemas:   registries.Of,
		}
		if cfg.StorePasswords {
			o.Passwords = password.Hash
		}
		return server.Traced(server.New(o, endpoint), dir, registries.Current, log), nil
	})
}

// Directory opens the directory of a configuration, for a function that changes resources. It
// connects to DynamoDB while the function starts, and returns an error if the settings of the
// table differ from the configuration. If the table is unreachable, it is checked again later.
// registry says which attributes events may contain. It is nil for a function that writes no
// events of users and groups.
func Directory(ctx context.Context, cfg config.Config, registry *schema.Registry) (*directory.Directory, error) {
	dir, err := directory.Open(directory.Options{
		Table: cfg.Table, Scope: directory.Scope(cfg.Scope), Step: cfg.MembersPerTransaction,
		ScanUnits: cfg.ScanUnits,
		Events: directory.EventOptions{
			Issuer: cmp.Or(cfg.BaseURL, cfg.EventSource, "scim"), BaseURL: cfg.BaseURL, Registry: registry,
		},
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
