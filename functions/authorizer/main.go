// Command authorizer is the Lambda function that API Gateway asks who a bearer
// token speaks for.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"scimserver/shared/config"
	"scimserver/shared/directory"
	"scimserver/shared/gateway"
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
	dir, err := directory.Open(ctx, directory.Options{Table: cfg.Table, Budget: 5 * time.Second})
	if err != nil {
		return err
	}
	lambda.Start(gateway.Authorizer(dir, cfg.Logger(os.Stdout), time.Now))
	return nil
}
