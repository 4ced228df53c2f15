package apigateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/uuid"

	"scimserver/infra/local/lambda"
)

// exchange is one request and its answer.
type exchange struct {
	api       *API
	w         http.ResponseWriter
	r         *http.Request
	id        string
	errorType string
	operator  string // the ARN of the caller, if the request must be signed
}

// ServeHTTP handles a request as the deployed API does.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{api: a, w: w, r: r, id: uuid.NewString()}
	w.Header().Set("x-amzn-RequestId", x.id)
	w.Header().Set("x-amz-apigw-id", x.id)
	x.serve()
}

func (x *exchange) serve() {
	path := x.r.URL.EscapedPath()
	route, values := x.api.match(x.r.Method, path)
	if route == nil {
		x.respond(missingAuthentication)
		return
	}
	authorized, refused := x.admit(route, path)
	if refused != "" {
		x.respond(refused)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxPayload))
	if errors.As(err, new(*http.MaxBytesError)) {
		x.respond(requestTooLarge)
		return
	}
	if route.signed {
		if refused := x.verify(body); refused != "" {
			x.respond(refused)
			return
		}
	}
	query, ok := parseQuery(x.r.URL.RawQuery)
	if err != nil || !ok {
		x.respond(badRequestParameters)
		return
	}
	x.integrate(route, x.event(route, values, query, authorized, body))
}

// admit calls the route's authorizer and counts the request. It returns the context for
// the function, or the type of the gateway response that refuses the request.
func (x *exchange) admit(r *route, path string) (authorized map[string]any, refused string) {
	if r.authorizer != nil {
		methodARN := x.api.arn + "/" + x.r.Method + "/" + strings.TrimPrefix(path, "/")
		if authorized, refused = r.authorizer.authorize(x.r, methodARN); refused != "" {
			return nil, refused
		}
	}
	if !r.counted || x.api.Limits == nil {
		return authorized, ""
	}
	if name, perSecond, burst := x.api.Limits(authorized); !x.api.throttle.allows(name, perSecond, burst) {
		return nil, throttled
	}
	return authorized, ""
}

// integrate invokes the function. The invocation continues if the caller disconnects.
func (x *exchange) integrate(r *route, event events.APIGatewayProxyRequest) {
	data, err := encode(event)
	if err != nil {
		x.respond(default5xx)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.r.Context()), integrationTimeout)
	defer cancel()
	payload, err := r.target.Invoke(ctx, data)
	if refused := refusal(err); refused != "" {
		x.respond(refused)
		return
	}
	x.pass(payload)
}

// encode writes an event without json.Marshal's escapes for HTML, which would make a large
// body larger than on AWS.
func encode(event events.APIGatewayProxyRequest) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(event)
	return b.Bytes(), err
}

// refusal returns the type of the gateway response to a failed invocation.
func refusal(err error) string {
	failed := new(lambda.Error)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failed) && failed.Type == lambda.TooLarge:
		return requestTooLarge
	case errors.Is(err, context.DeadlineExceeded):
		return integrationTimedOut
	default:
		return default5xx
	}
}
