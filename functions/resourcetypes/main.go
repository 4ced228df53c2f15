// Command resourcetypes is the Lambda function behind /ResourceTypes.
package main

import (
	"log/slog"
	"os"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/scim/schema"
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
	registry, err := schema.Standard()
	if err != nil {
		return err
	}
	o := server.Options{Registry: registry, BaseURL: cfg.BaseURL, Log: cfg.Logger(os.Stdout)}
	gateway.Start(server.New(o, server.ResourceTypes))
	return nil
}
