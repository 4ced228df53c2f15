// Package apigateway serves the REST API that a template declares as API Gateway does:
// routes, TOKEN authorizers with their cache, IAM signatures, Lambda proxy integration
// (payload format 1.0), gateway responses, sizes and timeouts.
package apigateway

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"scimserver/infra/local/template"
)

// Limits of API Gateway.
const (
	maxPayload         = 10 << 20
	integrationTimeout = 29 * time.Second
	authorizerTimeout  = 10 * time.Second
)

// Function is a Lambda function that the API invokes. An error of type *lambda.Error comes
// from the function; any other error means that no process was free in time.
type Function interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// API is a REST API.
type API struct {
	Stage string
	// Limits bounds the requests to routes that the template counts under an API key. nil
	// means no limits.
	Limits Limits

	throttle throttle
	// Operator is the key pair for requests that must be signed (AWS_IAM).
	Operator aws.Credentials

	arn       string // of the stage: arn:aws:execute-api:region:account:api/stage
	deployed  template.Deployment
	id        string
	routes    []route
	responses responses
}

// apiProperties are the supported properties of AWS::Serverless::Api.
type apiProperties struct {
	StageName string
	Auth      struct {
		DefaultAuthorizer string
		APIKeyRequired    bool `json:"ApiKeyRequired"`
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

// eventProperties are the properties of an event of type Api.
type eventProperties struct {
	Type       string
	Properties struct {
		RestApiID string `json:"RestApiId"`
		Path      string
		Method    string
		Auth      struct {
			Authorizer     string
			APIKeyRequired *bool `json:"ApiKeyRequired"`
		}
	}
}

const apiType = "AWS::Serverless::Api"

// New returns the API with a logical id in a template. invoke finds a function by its logical id.
func New(s *template.Stack, d template.Deployment, logicalID string, invoke func(id string) Function) (*API, error) {
	declared := find(s, func(r *template.Resource) bool { return r.ID == logicalID })
	if declared == nil {
		return nil, fmt.Errorf("the template declares no REST API %s", logicalID)
	}
	var p apiProperties
	if err := declared.Decode(&p); err != nil {
		return nil, err
	}
	id := declared.PhysicalName
	a := &API{
		Stage: p.StageName, id: id, deployed: d,
		arn: fmt.Sprintf("arn:aws:execute-api:%s:%s:%s/%s", d.Region, d.AccountID, id, p.StageName),
	}
	var err error
	if a.responses, err = newResponses(p.GatewayResponses); err != nil {
		return nil, declared.Errorf("%w", err)
	}
	functions := s.OfType("AWS::Serverless::Function")
	authorizers, err := newAuthorizers(p, functions, invoke)
	if err != nil {
		return nil, declared.Errorf("%w", err)
	}
	for _, f := range functions {
		if err := a.addRoutes(s, f, p, authorizers, invoke(f.ID)); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// find returns the first REST API for which wanted is true, or nil if there is none.
func find(s *template.Stack, wanted func(*template.Resource) bool) *template.Resource {
	for _, r := range s.OfType(apiType) {
		if wanted(r) {
			return r
		}
	}
	return nil
}

func (a *API) addRoutes(
	s *template.Stack,
	f *template.Resource,
	defaults apiProperties,
	authorizers map[string]*authorizer,
	target Function,
) error {
	var p struct{ Events map[string]eventProperties }
	if err := f.Decode(&p); err != nil {
		return err
	}
	for name, e := range p.Events {
		if e.Type != "Api" {
			continue
		}
		if find(s, func(r *template.Resource) bool { return r.PhysicalName == e.Properties.RestApiID }) == nil {
			return f.Errorf("the event %s belongs to no API of the template", name)
		}
		if e.Properties.RestApiID != a.id {
			continue
		}
		r := newRoute(e.Properties.Path, e.Properties.Method, target)
		if r.counted = defaults.Auth.APIKeyRequired; e.Properties.Auth.APIKeyRequired != nil {
			r.counted = *e.Properties.Auth.APIKeyRequired
		}
		wanted := e.Properties.Auth.Authorizer
		if wanted == "" {
			wanted = defaults.Auth.DefaultAuthorizer
		}
		r.signed = wanted == iamAuthorizer
		if r.authorizer = authorizers[wanted]; r.authorizer == nil && !r.signed && wanted != "" && wanted != "NONE" {
			return f.Errorf("the event %s names an authorizer %s that the API does not declare", name, wanted)
		}
		a.routes = append(a.routes, r)
	}
	return nil
}

func newAuthorizers(
	p apiProperties,
	functions []*template.Resource,
	invoke func(id string) Function,
) (map[string]*authorizer, error) {
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
			return nil, fmt.Errorf(
				"authorizer %s: no function of the template has the ARN %s",
				name,
				declared.FunctionArn,
			)
		}
	}
	return all, nil
}
