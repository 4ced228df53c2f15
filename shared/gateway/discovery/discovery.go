// Package discovery starts the functions that describe schemas and resource types. They do
// not link the directory.
package discovery

import (
	"context"
	"log/slog"
	"net/http"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/tenantschema"
	"scimserver/shared/tenantstore"
)

// Main is the body of main for a function that serves a discovery endpoint. It reads the
// table only for a tenant that has schemas of its own.
func Main(endpoint server.Endpoint) {
	gateway.Main(func(_ context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
		registry, err := schema.Standard()
		if err != nil {
			return nil, err
		}
		tenants, err := tenantstore.Open(tenantstore.Options{Table: cfg.Table})
		if err != nil {
			return nil, err
		}
		return server.New(server.Options{
			Registry: registry, Schemas: tenantschema.New(registry, tenants).Of,
			BaseURL: cfg.BaseURL, Support: cfg.SupportContact, Log: log,
		}, endpoint), nil
	})
}
