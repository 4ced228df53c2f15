package apigateway

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The gateway responses that the local stack can return. ResponseTypes has all types.
const (
	accessDenied           = "ACCESS_DENIED"
	authorizerConfig       = "AUTHORIZER_CONFIGURATION_ERROR"
	authorizerFailure      = "AUTHORIZER_FAILURE"
	badRequestParameters   = "BAD_REQUEST_PARAMETERS"
	default4xx             = "DEFAULT_4XX"
	default5xx             = "DEFAULT_5XX"
	integrationTimedOut    = "INTEGRATION_TIMEOUT"
	invalidSignature       = "INVALID_SIGNATURE"
	missingAuthentication  = "MISSING_AUTHENTICATION_TOKEN"
	requestTooLarge        = "REQUEST_TOO_LARGE"
	throttled              = "THROTTLED"
	unauthorized           = "UNAUTHORIZED"
	proxyFailure           = http.StatusBadGateway // a failed function has no type of its own
	defaultResponseContent = "application/json"
)

// statuses are the default statuses of gateway responses.
func statuses() map[string]int {
	return map[string]int{
		accessDenied: 403, "API_CONFIGURATION_ERROR": 500, authorizerConfig: 500, authorizerFailure: 500,
		"BAD_REQUEST_BODY": 400, badRequestParameters: 400, default4xx: 400, default5xx: proxyFailure,
		"EXPIRED_TOKEN": 403, "INTEGRATION_FAILURE": 504, integrationTimedOut: 504, "INVALID_API_KEY": 403,
		invalidSignature: 403, missingAuthentication: 403, "QUOTA_EXCEEDED": 429, requestTooLarge: 413,
		"RESOURCE_NOT_FOUND": 404, throttled: 429, unauthorized: 401, "UNSUPPORTED_MEDIA_TYPE": 415,
		"WAF_FILTERED": 403,
	}
}

// ResponseTypes lists the types of gateway responses of a REST API.
func ResponseTypes() []string { return slices.Sorted(maps.Keys(statuses())) }

// responseProperties are the properties of a gateway response in a template.
type responseProperties struct {
	StatusCode         any // a number or its digits
	ResponseParameters struct{ Headers map[string]string }
	ResponseTemplates  map[string]string
}

// response is a gateway response to be rendered.
type response struct {
	status  int // 0 means the type's default
	headers http.Header
	body    string // with $context variables
}

type responses map[string]response

func newResponses(declared map[string]responseProperties) (responses, error) {
	known := statuses()
	all := responses{}
	for name, p := range declared {
		if _, ok := known[name]; !ok {
			return nil, fmt.Errorf("a REST API has no gateway response %s", name)
		}
		r, err := newResponse(p)
		if err != nil {
			return nil, fmt.Errorf("gateway response %s: %w", name, err)
		}
		all[name] = r
	}
	return all, nil
}

func newResponse(p responseProperties) (response, error) {
	r := plainResponse()
	if p.StatusCode != nil {
		var err error
		if r.status, err = strconv.Atoi(fmt.Sprint(p.StatusCode)); err != nil {
			return r, fmt.Errorf("the status code is %v", p.StatusCode)
		}
	}
	for name, value := range p.ResponseParameters.Headers {
		if len(value) < 2 || value[0] != '\'' || value[len(value)-1] != '\'' {
			return r, fmt.Errorf(
				"the local stack knows headers with a static value in single quotes only, not %s",
				value,
			)
		}
		r.headers.Set(name, value[1:len(value)-1])
	}
	if body, ok := p.ResponseTemplates[defaultResponseContent]; ok {
		r.body = body
	}
	return r, checkVariables(r.body)
}

// plainResponse is the default gateway response.
func plainResponse() response {
	return response{
		headers: http.Header{"Content-Type": {defaultResponseContent}},
		body:    `{"message":$context.error.messageString}`,
	}
}

// checkVariables refuses a template with a variable that is not supported here. Gateway
// responses have no other directives.
func checkVariables(body string) error {
	filled := (&exchange{}).variables()
	for _, name := range variableName.FindAllString(body, -1) {
		if _, ok := filled[name]; !ok {
			return fmt.Errorf("the local stack does not know the variable %s", name)
		}
	}
	return nil
}

var variableName = regexp.MustCompile(`\$[A-Za-z]+(?:\.[A-Za-z]+)*`)

// find returns the response of a type, or else of its class. The status is the type's
// default unless the template sets another.
func (all responses) find(responseType string) response {
	status := statuses()[responseType]
	class := default4xx
	if status >= http.StatusInternalServerError {
		class = default5xx
	}
	r, ok := all[responseType]
	if !ok {
		r, ok = all[class]
	}
	if !ok {
		r = plainResponse()
	}
	if r.status == 0 {
		r.status = status
	}
	return r
}

// respond sends a gateway response.
func (x *exchange) respond(responseType string) {
	x.errorType = responseType
	r := x.api.responses.find(responseType)
	for name, values := range r.headers {
		x.w.Header()[name] = values
	}
	x.w.Header().Set("x-amzn-ErrorType", errorTypeHeader(r.status))
	x.w.WriteHeader(r.status)
	values := x.variables()
	body := variableName.ReplaceAllStringFunc(r.body, func(name string) string { return values[name] })
	_, _ = x.w.Write([]byte(body))
}

// variables returns the variables that a gateway response may use.
func (x *exchange) variables() map[string]string {
	message := strings.ToLower(strings.ReplaceAll(x.errorType, "_", " "))
	return map[string]string{
		"$context.requestId":           x.id,
		"$context.extendedRequestId":   x.id,
		"$context.error.responseType":  x.errorType,
		"$context.error.message":       message,
		"$context.error.messageString": strconv.Quote(message),
	}
}

func errorTypeHeader(status int) string {
	return strings.ReplaceAll(http.StatusText(status), " ", "") + "Exception"
}
