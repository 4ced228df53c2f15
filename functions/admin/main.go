// Command admin is the Lambda function behind the operator API. API Gateway accepts only
// requests with an IAM signature for it. Once a day a schedule invokes it to check the
// credentials of all tenants.
package main

import (
	"context"
	"log/slog"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/config"
	"scimserver/shared/gateway"
	"scimserver/shared/gateway/resources"
	"scimserver/shared/oauth"
	"scimserver/shared/password"
	"scimserver/shared/usageplan"
)

func main() { gateway.MainEvents(build) }

func build(ctx context.Context, cfg config.Config, log *slog.Logger) (any, error) {
	dir, err := resources.Directory(ctx, cfg, nil)
	if err != nil {
		return nil, err
	}
	o := admin.Options{Directory: dir, CacheTime: cfg.AuthorizerCache}
	if cfg.BaseURL != "" {
		root := strings.TrimSuffix(cfg.BaseURL, "/scim/v2")
		o.BaseURL, o.TokenEndpoint = cfg.BaseURL, root+oauth.Path
		if cfg.SetupPage {
			o.SetupURL = root + admin.SetupPath
		}
	}
	if cfg.StorePasswords {
		o.Passwords, o.VerifyPassword = password.Hash, password.Verify
	}
	if cfg.UsagePlan != "" {
		if o.Keys, err = usageplan.Open(cfg.UsagePlan); err != nil {
			return nil, err
		}
	}
	service := admin.New(o)
	limits := admin.SurveyLimits{ExpiresWithin: cfg.CredentialWarning, SilentAfter: cfg.SilenceWarning}
	survey := func(ctx context.Context) error { return service.LogSurvey(ctx, log, limits) }
	return gateway.WithSchedule(gateway.NewHandler(admin.Handler(service, log, operator), log), survey), nil
}

func operator(ctx context.Context) admin.Operator {
	arn, request := gateway.Operator(ctx)
	return admin.Operator{ARN: arn, RequestID: request}
}
