package apigateway

import (
	"encoding/base64"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// event is the function's input in payload format 1.0. Path and path parameters are
// encoded as they were sent, the query is decoded.
func (x *exchange) event(
	r *route,
	values map[string]string,
	query url.Values,
	authorized map[string]any,
	body []byte,
) events.APIGatewayProxyRequest {
	headers := x.headers()
	e := events.APIGatewayProxyRequest{
		Resource:                        r.path,
		Path:                            x.r.URL.EscapedPath(),
		HTTPMethod:                      x.r.Method,
		Headers:                         last(headers),
		MultiValueHeaders:               headers,
		QueryStringParameters:           last(query),
		MultiValueQueryStringParameters: query,
		PathParameters:                  values,
		RequestContext:                  x.requestContext(r, authorized),
		Body:                            string(body),
	}
	if !utf8.Valid(body) {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return e
}

// requestContext describes a request to a custom domain: the path has no stage.
func (x *exchange) requestContext(r *route, authorized map[string]any) events.APIGatewayProxyRequestContext {
	now := time.Now().UTC()
	host, _, _ := net.SplitHostPort(x.r.Host)
	if host == "" {
		host = x.r.Host
	}
	return events.APIGatewayProxyRequestContext{
		AccountID:         x.api.deployed.AccountID,
		APIID:             x.api.id,
		Stage:             x.api.Stage,
		DomainName:        host,
		DomainPrefix:      host,
		RequestID:         x.id,
		ExtendedRequestID: x.id,
		Protocol:          x.r.Proto,
		HTTPMethod:        x.r.Method,
		ResourcePath:      r.path,
		Path:              x.r.URL.EscapedPath(),
		RequestTime:       now.Format("02/Jan/2006:15:04:05 -0700"),
		RequestTimeEpoch:  now.UnixMilli(),
		Authorizer:        authorized,
		Identity: events.APIGatewayRequestIdentity{
			SourceIP:  x.sourceIP(),
			UserAgent: x.r.UserAgent(),
			UserArn:   x.operator,
		},
	}
}

func (x *exchange) sourceIP() string {
	ip, _, _ := net.SplitHostPort(x.r.RemoteAddr)
	return ip
}

// headers returns the headers that the gateway passes on or adds.
func (x *exchange) headers() http.Header {
	h := maps.Clone(x.r.Header)
	for _, name := range []string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		h.Del(name)
	}
	h.Set("Host", x.r.Host)
	h.Set("X-Forwarded-For", x.sourceIP())
	h.Set("X-Forwarded-Proto", "http")
	if _, port, err := net.SplitHostPort(x.r.Host); err == nil {
		h.Set("X-Forwarded-Port", port)
	}
	return h
}

// last returns the last value of each name, for the maps with single values. It is nil if
// there are no names, which becomes null in the event.
func last(values map[string][]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	single := make(map[string]string, len(values))
	for name, v := range values {
		single[name] = v[len(v)-1]
	}
	return single
}

// parseQuery decodes a query as API Gateway does: a semicolon separates parameters as an
// ampersand does, and some characters must be percent-encoded.
func parseQuery(raw string) (url.Values, bool) {
	if raw == "" {
		return nil, true
	}
	if strings.ContainsAny(raw, "|{}") {
		return nil, false
	}
	query, err := url.ParseQuery(strings.ReplaceAll(raw, ";", "&"))
	return query, err == nil
}
