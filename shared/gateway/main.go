package gateway

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"scimserver/shared/config"
)

// Main is the body of a function's main: it reads the environment, calls build, and serves
// the handler that build returns. If one of these fails, the process exits, and Lambda reports
// that the function can't start.
func Main(build func(context.Context, config.Config, *slog.Logger) (http.Handler, error)) {
	MainEvents(func(ctx context.Context, cfg config.Config, log *slog.Logger) (any, error) {
		h, err := build(ctx, cfg, log)
		return NewHandler(h, log), err
	})
}

// MainEvents is Main for a function whose events are not HTTP requests: build returns a
// handler for lambda.Start. Each process first logs the name of the function and the version
// of its source.
func MainEvents(build func(context.Context, config.Config, *slog.Logger) (any, error)) {
	cfg, err := config.Read(os.Getenv)
	log := cfg.Logger(os.Stdout)
	log.Info("the function starts",
		"function", lambdacontext.FunctionName, "version", cmp.Or(cfg.Version, "unknown"))
	if err == nil {
		var handler any
		if handler, err = build(context.Background(), cfg, log); err == nil {
			lambda.Start(handler)
		}
	}
	log.Error("the function can't start", "error", err)
	os.Exit(1)
}
