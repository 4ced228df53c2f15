// Command admin is the Lambda function behind the operator API. API Gateway accepts only
// requests with an IAM signature for it.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/gateway/resources"
	"scimserver/shared/oauth"
	"scimserver/shared/password"
	"scimserver/shared/usageplan"
)

func main() { gateway.Main(build) }

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (http.Handler, error) {
	dir, err := resources.Directory(ctx, cfg, nil)
	if err != nil {
		return nil, err
	}
	o := admin.Options{Directory: dir, CacheTime: cfg.AuthorizerCache}
	if cfg.BaseURL != "" {
		o.BaseURL, o.TokenEndpoint = cfg.BaseURL, strings.TrimSuffix(cfg.BaseURL, "/scim/v2")+oauth.Path
	}
	if cfg.StorePasswords {
		o.Passwords = password.Hash
	}
	if cfg.UsagePlan != "" {
		if o.Keys, err = usageplan.Open(cfg.UsagePlan); err != nil {
			return nil, err
		}
	}
	return admin.Handler(admin.New(o), log, operator), nil
}

func operator(ctx context.Context) admin.Operator {
	arn, request := gateway.Operator(ctx)
	return admin.Operator{ARN: arn, RequestID: request}
}
