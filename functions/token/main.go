// Command token is the Lambda function behind /oauth2/token: it exchanges the secret of an
// OAuth 2.0 client for an access token.
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
	authenticator, err := authorizer.OpenAuthenticator(cfg, log)
	return &oauth.Endpoint{Authenticator: authenticator, Log: log, Now: time.Now}, err
}
