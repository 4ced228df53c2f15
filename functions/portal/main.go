// Command portal is the Lambda function behind /setup: the setup page, on which a customer's
// administrator connects an identity provider.
package main

import (
	"context"
	"log/slog"
	"net/http"

	"scimserver/shared/admin"
	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/gateway/resources"
	"scimserver/shared/portal"
)

func main() { gateway.Main(build) }

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
	dir, err := resources.Directory(ctx, cfg, nil)
	if err != nil {
		return nil, err
	}
	return portal.New(portal.Options{
		Service: admin.New(admin.Options{Directory: dir}), BaseURL: cfg.BaseURL, Support: cfg.SupportContact, Log: log,
		Prefix:    func(r *http.Request) string { return gateway.Prefix(r.Context(), admin.SetupPath) },
		RequestID: gateway.RequestID,
	})
}
