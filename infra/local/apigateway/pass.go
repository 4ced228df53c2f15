package apigateway

import (
	"encoding/json"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// remapped returns the name under which API Gateway passes on a function's response header. It
// renames headers whose names it reserves for itself.
func remapped(name string) string {
	switch canonical := http.CanonicalHeaderKey(name); canonical {
	case "Www-Authenticate":
		return "X-Amzn-Remapped-WWW-Authenticate"
	case "Connection", "Content-Length", "Date", "Host", "Server":
		return "X-Amzn-Remapped-" + canonical
	default:
		return name
	}
}

// pass sends the function's response to the caller. The body is unchanged: the API
// declares no binary media types.
func (x *exchange) pass(payload []byte) {
	var res events.APIGatewayProxyResponse
	if err := json.Unmarshal(payload, &res); err != nil || res.StatusCode < 200 || res.StatusCode > 599 {
		x.respond(default5xx) // malformed Lambda proxy response
		return
	}
	h := x.w.Header()
	for name, value := range res.Headers {
		h.Set(remapped(name), value)
	}
	for name, values := range res.MultiValueHeaders {
		h.Del(remapped(name))
		for _, v := range values {
			h.Add(remapped(name), v)
		}
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", defaultResponseContent)
	}
	x.w.WriteHeader(res.StatusCode)
	_, _ = x.w.Write([]byte(res.Body))
}
