// Package gateway converts the events of an API Gateway REST API (payload 1.0) to HTTP
// requests for the server, and the responses back, with aws-lambda-go-api-proxy. An event
// that this adapter can't convert becomes a SCIM error instead of a failed invocation. The
// caller is taken from the authorizer's context only.
package gateway

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"scimserver/shared/deadline"
	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
)

// Handler is a Lambda function's handler.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// NewHandler wraps h. The error of the Handler is always nil: for an error API Gateway would
// respond with 502, and Lambda would restart the process.
func NewHandler(h http.Handler, log *slog.Logger) Handler {
	adapter := httpadapter.New(recovering(h, log))
	return func(ctx context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx, cancel := deadline.WithReserve(ctx)
		defer cancel()
		if err := check(&e); err != nil {
			return render(err), nil
		}
		out, err := adapter.ProxyWithContext(server.WithOrigin(ctx, origin(e.RequestContext, e.Path)), e)
		if err != nil {
			return render(scim.Internal(err)), nil
		}
		return out, nil
	}
}

// check rejects events that the adapter fails on or misinterprets, and decodes the body.
func check(e *events.APIGatewayProxyRequest) *scim.Error {
	u, err := url.ParseRequestURI(e.Path)
	if err != nil || u.Path == "" || strings.ContainsAny(e.Path, "?#") || !strings.HasPrefix(e.Path, "/") {
		return scim.InvalidSyntax("the path of the URL is malformed")
	}
	if e.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(e.Body)
		if err != nil {
			return scim.InvalidSyntax("the body is malformed")
		}
		e.Body, e.IsBase64Encoded = string(body), false
	}
	return nil
}

// origin returns what API Gateway and the authorizer established about the request. All
// values in the authorizer's context are strings.
func origin(c events.APIGatewayProxyRequestContext, path string) server.Origin {
	field := func(name string) string {
		s, _ := c.Authorizer[name].(string)
		return s
	}
	caller := tenant.Caller{
		Tenant:     tenant.ID(field("tenant")),
		Profile:    tenant.Profile(field("profile")),
		Credential: tenant.KeyID(field("credential")),
		Subject:    field("subject"),
		Limits:     tenant.ParseQuotas(field("quotas")),
		Trace:      tenant.ParseTrace(field("trace")),
		Schemas:    tenant.SchemaVersion(field("schemas")),
	}
	for _, scope := range strings.Fields(field("scopes")) {
		caller.Scopes = append(caller.Scopes, tenant.Scope(scope))
	}
	if seconds, err := strconv.ParseInt(field("expires"), 10, 64); err == nil && seconds > 0 {
		caller.Expires = time.Unix(seconds, 0)
	}
	return server.Origin{Caller: caller, RequestID: c.RequestID, BaseURL: baseURL(c, path)}
}

// baseURL returns the base URL of the request: the API's domain, and the path with its stage
// up to the root. It does not depend on the Host header.
func baseURL(c events.APIGatewayProxyRequestContext, path string) string {
	if c.Path != "" {
		path = c.Path
	}
	before, _, _ := strings.Cut(path, server.Root)
	return "https://" + c.DomainName + before + server.Root
}

// render makes an error response without the server.
func render(e *scim.Error) events.APIGatewayProxyResponse {
	return events.APIGatewayProxyResponse{
		StatusCode: e.Status,
		Headers:    map[string]string{"Content-Type": scim.MediaType, "Cache-Control": "no-store"},
		Body:       e.Value().JSON(),
	}
}
