// Command serviceproviderconfig is the Lambda function behind
// /ServiceProviderConfig, and behind every path that no other function has: it
// answers 404 there.
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
	return server.New(o, server.ServiceProviderConfig), nil
}
