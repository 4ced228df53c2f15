package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/infra/local/iam"
	"scimserver/infra/local/lambda"
)

// authorizer is a Lambda authorizer of type TOKEN: it receives one header and no path.
type authorizer struct {
	function Function
	header   string
	valid    *regexp.Regexp // nil accepts any text
	ttl      time.Duration

	mu    sync.Mutex
	cache map[string]verdict
}

// verdict is the answer of an authorizer for a token.
type verdict struct {
	policy  *iam.Policy
	context map[string]any // for the function, with principalId
	expires time.Time
}

const (
	defaultTTL = 300 * time.Second
	cacheSize  = 10_000
)

func newAuthorizer(p authorizerProperties, f Function) (*authorizer, error) {
	a := &authorizer{function: f, header: p.Identity.Header, ttl: defaultTTL, cache: map[string]verdict{}}
	if a.header == "" {
		a.header = "Authorization"
	}
	if s := p.Identity.ReauthorizeEvery; s != nil {
		a.ttl = time.Duration(*s * float64(time.Second))
	}
	if p.Identity.ValidationExpression == "" {
		return a, nil
	}
	var err error
	a.valid, err = regexp.Compile("^(?:" + p.Identity.ValidationExpression + ")$")
	return a, err
}

// errUnauthorized is the authorizer's refusal: exactly this text means 401.
var errUnauthorized = errors.New("Unauthorized")

// errMisconfigured says that the authorizer's answer is invalid.
var errMisconfigured = errors.New("the authorizer's answer is not acceptable")

// authorize returns the context for the function, or the type of the gateway
// response that refuses the request.
func (a *authorizer) authorize(r *http.Request, methodARN string) (map[string]any, string) {
	token := r.Header.Get(a.header)
	if token == "" || a.valid != nil && !a.valid.MatchString(token) {
		return nil, unauthorized
	}
	v, err := a.verdict(context.WithoutCancel(r.Context()), token, methodARN)
	switch {
	case errors.Is(err, errUnauthorized):
		return nil, unauthorized
	case errors.Is(err, errMisconfigured):
		return nil, authorizerConfig
	case err != nil:
		return nil, authorizerFailure
	case !v.policy.Allows(iam.Request{Action: "execute-api:Invoke", Resource: methodARN}):
		return nil, accessDenied
	}
	return v.context, ""
}

// verdict returns the answer of the cache or the function. Policies that deny are cached
// as well, errors are not.
func (a *authorizer) verdict(ctx context.Context, token, methodARN string) (verdict, error) {
	if v, ok := a.cached(token); ok {
		return v, nil
	}
	event, err := json.Marshal(events.APIGatewayCustomAuthorizerRequest{
		Type: "TOKEN", AuthorizationToken: token, MethodArn: methodARN,
	})
	if err != nil {
		return verdict{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, authorizerTimeout)
	defer cancel()
	start := time.Now()
	payload, err := a.function.Invoke(ctx, event)
	if failed := new(lambda.Error); errors.As(err, &failed) && failed.Message == errUnauthorized.Error() {
		return verdict{}, errUnauthorized
	}
	if err != nil {
		return verdict{}, err
	}
	v, err := readVerdict(payload, time.Since(start))
	if err != nil {
		return verdict{}, err
	}
	a.remember(token, v)
	return v, nil
}

func readVerdict(payload []byte, latency time.Duration) (verdict, error) {
	var answer struct {
		PrincipalID    string `json:"principalId"`
		PolicyDocument json.RawMessage
		Context        map[string]any
	}
	if err := json.Unmarshal(
		payload,
		&answer,
	); err != nil || answer.PrincipalID == "" ||
		len(answer.PolicyDocument) == 0 {
		return verdict{}, errMisconfigured
	}
	policy, err := iam.Parse(fmt.Appendf(nil, "[%s]", answer.PolicyDocument))
	if err != nil {
		return verdict{}, errMisconfigured
	}
	values := map[string]any{
		"principalId":        answer.PrincipalID,
		"integrationLatency": latency.Milliseconds(),
	}
	for name, v := range answer.Context {
		switch v := v.(type) {
		case string:
			values[name] = v
		case bool:
			values[name] = strconv.FormatBool(v)
		case float64:
			values[name] = strconv.FormatFloat(v, 'f', -1, 64)
		default: // API Gateway accepts no lists, objects or null here
			return verdict{}, errMisconfigured
		}
	}
	return verdict{policy: policy, context: values}, nil
}

func (a *authorizer) cached(token string) (verdict, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, ok := a.cache[token]
	return v, ok && time.Now().Before(v.expires)
}

func (a *authorizer) remember(token string, v verdict) {
	if a.ttl <= 0 {
		return
	}
	v.expires = time.Now().Add(a.ttl)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.cache) >= cacheSize {
		clear(a.cache)
	}
	a.cache[token] = v
}
