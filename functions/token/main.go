// Command token is the Lambda function behind /oauth2/token: it gives a client of
// OAuth 2.0 an access token for its secret.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/gateway/authorizer"
	"scimserver/shared/oauth"
)

func main() { gateway.Main(build) }

func build(_ context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
	gate, err := authorizer.OpenAuthenticator(cfg, log)
	return &oauth.Endpoint{Authenticator: gate, Log: log, Now: time.Now}, err
}
