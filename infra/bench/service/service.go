// Package service runs the endpoints of users and groups in this process, behind the part of
// the functions that converts the events of API Gateway.
package service

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
	"scimserver/shared/gateway"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/testkit/canned"
)

// Tenant is the tenant that sends all requests.
const Tenant = "acme"

// Service answers events.
type Service struct{ handle gateway.Handler }

// Open returns the service on a table.
func Open(o directory.Options) (*Service, error) {
	registry, err := schema.Standard()
	if err != nil {
		return nil, err
	}
	dir, err := directory.Open(o)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	endpoints := server.New(server.Options{Registry: registry, Directory: dir, Log: log}, server.Users, server.Groups)
	return &Service{gateway.NewHandler(endpoints, log)}, nil
}

// Event returns the event of a request, as API Gateway makes it after the authorizer.
func Event(r canned.Request) events.APIGatewayProxyRequest {
	e := events.APIGatewayProxyRequest{
		HTTPMethod: r.Method, Path: r.Path, Body: r.Body, QueryStringParameters: r.Query,
	}
	e.RequestContext.Authorizer = map[string]any{
		"tenant": Tenant, "profile": "generic", "credential": "bench", "scopes": "read write", "expires": "0",
	}
	return e
}

// Answer returns the body of the answer to an event. An answer with another status is an error.
func (s *Service) Answer(ctx context.Context, e events.APIGatewayProxyRequest, status int) (string, error) {
	out, err := s.handle(ctx, e)
	if err == nil && out.StatusCode != status {
		err = fmt.Errorf("%s %s: answer %d: %s", e.HTTPMethod, e.Path, out.StatusCode, out.Body)
	}
	return out.Body, err
}

// StoredUser returns the document that the table stores of a user that a client sends.
func StoredUser(body string) (scim.Value, error) {
	registry, err := schema.Standard()
	if err != nil {
		return scim.Value{}, err
	}
	return Document(registry.Type("User"), body)
}

// Document is StoredUser for a schema that has been loaded.
func Document(user *schema.ResourceType, body string) (scim.Value, error) {
	v, err := scim.ParseJSON([]byte(body))
	if err != nil {
		return v, err
	}
	return user.Normalize(v, schema.Rules{})
}
