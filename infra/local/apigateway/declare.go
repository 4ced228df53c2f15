// Package apigateway serves the REST API that a template declares, the way API
// Gateway does: routes, TOKEN authorizers with their cache, Lambda proxy
// integration (payload format 1.0), gateway responses, sizes and timeouts.
package apigateway

import (
	"context"
	"fmt"
	"time"

	"scimserver/infra/local/template"
)

// Sizes and times of the service.
const (
	maxPayload         = 10 << 20
	integrationTimeout = 29 * time.Second
	authorizerTimeout  = 10 * time.Second
)

// Function is a Lambda function that the API calls. An error of type
// *lambda.Error is the function's; any other says that none was free in time.
type Function interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// API is a REST API.
type API struct {
	Stage string

	arn       string // of the stage: arn:aws:execute-api:region:account:api/stage
	deployed  template.Deployment
	id        string
	routes    []route
	responses responses
}

// apiProperties are those of AWS::Serverless::Api that this package honours.
type apiProperties struct {
	StageName string
	Auth      struct {
		DefaultAuthorizer string
		Authorizers       map[string]authorizerProperties
	}
	GatewayResponses map[string]responseProperties
}

type authorizerProperties struct {
	FunctionArn         string
	FunctionPayloadType string
	Identity            struct {
		Header               string
		ValidationExpression string
		ReauthorizeEvery     *float64
	}
}

// eventProperties are those of an event of type Api.
type eventProperties struct {
	Type       string
	Properties struct {
		RestApiID string `json:"RestApiId"`
		Path      string
		Method    string
		Auth      struct{ Authorizer string }
	}
}

// New makes the one API that a template declares. invoke finds a function by its logical id.
func New(s *template.Stack, d template.Deployment, invoke func(id string) Function) (*API, error) {
	apis := s.OfType("AWS::Serverless::Api")
	if len(apis) != 1 {
		return nil, fmt.Errorf("the template declares %d REST APIs; the local stack serves one", len(apis))
	}
	var p apiProperties
	if err := apis[0].Decode(&p); err != nil {
		return nil, err
	}
	id := apis[0].PhysicalName
	a := &API{
		Stage: p.StageName, id: id, deployed: d,
		arn: fmt.Sprintf("arn:aws:execute-api:%s:%s:%s/%s", d.Region, d.AccountID, id, p.StageName),
	}
	var err error
	if a.responses, err = newResponses(p.GatewayResponses); err != nil {
		return nil, apis[0].Errorf("%w", err)
	}
	functions := s.OfType("AWS::Serverless::Function")
	authorizers, err := newAuthorizers(p, functions, invoke)
	if err != nil {
		return nil, apis[0].Errorf("%w", err)
	}
	for _, f := range functions {
		if err := a.addRoutes(f, p.Auth.DefaultAuthorizer, authorizers, invoke(f.ID)); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *API) addRoutes(f *template.Resource, fallback string, authorizers map[string]*authorizer, target Function) error {
	var p struct{ Events map[string]eventProperties }
	if err := f.Decode(&p); err != nil {
		return err
	}
	for name, e := range p.Events {
		if e.Type != "Api" {
			continue
		}
		if e.Properties.RestApiID != a.id {
			return f.Errorf("the event %s belongs to no API of the template", name)
		}
		r := newRoute(e.Properties.Path, e.Properties.Method, target)
		wanted := e.Properties.Auth.Authorizer
		if wanted == "" {
			wanted = fallback
		}
		if r.authorizer = authorizers[wanted]; r.authorizer == nil && wanted != "" && wanted != "NONE" {
			return f.Errorf("the event %s names an authorizer %s that the API does not declare", name, wanted)
		}
		a.routes = append(a.routes, r)
	}
	return nil
}

func newAuthorizers(p apiProperties, functions []*template.Resource, invoke func(id string) Function) (map[string]*authorizer, error) {
	all := map[string]*authorizer{}
	for name, declared := range p.Auth.Authorizers {
		if declared.FunctionPayloadType != "" && declared.FunctionPayloadType != "TOKEN" {
			return nil, fmt.Errorf("authorizer %s: the local stack knows TOKEN authorizers only", name)
		}
		for _, f := range functions {
			if f.ARN != declared.FunctionArn {
				continue
			}
			made, err := newAuthorizer(declared, invoke(f.ID))
			if err != nil {
				return nil, fmt.Errorf("authorizer %s: %w", name, err)
			}
			all[name] = made
		}
		if all[name] == nil {
			return nil, fmt.Errorf("authorizer %s: no function of the template has the ARN %s", name, declared.FunctionArn)
		}
	}
	return all, nil
}
