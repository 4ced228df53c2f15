// Command serviceproviderconfig is the Lambda function behind /ServiceProviderConfig, and
// behind all paths without a function of their own: it responds with 501 for endpoints that
// SCIM defines, and with 404 for all others.
package main

import (
	"context"
	"log/slog"
	"net/http"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/password"
	"scimserver/shared/server"
)

func main() { gateway.Main(build) }

func build(_ context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
	o := server.Options{BaseURL: cfg.BaseURL, Support: cfg.SupportContact, Log: log}
	if cfg.StorePasswords {
		o.Passwords = password.Hash
	}
	return server.New(o, server.ServiceProviderConfig, server.NotImplemented), nil
}
