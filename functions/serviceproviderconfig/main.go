// Command serviceproviderconfig is the Lambda function behind
// /ServiceProviderConfig, and behind every path that no other function has: it
// answers 501 for what SCIM defines and 404 for the rest.
package main

import (
	"log/slog"
	"os"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/password"
	"scimserver/shared/server"
)

func main() {
	if err := run(); err != nil {
		slog.Error("the function can't start", "error", err)
		os.Exit(1)
	}
}

func run() error {
	cfg, err := config.Read(os.Getenv)
	if err != nil {
		return err
	}
	o := server.Options{BaseURL: cfg.BaseURL, Log: cfg.Logger(os.Stdout)}
	if cfg.StorePasswords {
		o.Passwords = password.Hash
	}
	gateway.Start(server.New(o, server.ServiceProviderConfig, server.Later))
	return nil
}
