package apigateway_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/infra/local/apigateway"
	"scimserver/infra/local/lambda"
	"scimserver/infra/local/template"
)

// function is a Lambda function of the test.
type function func(event []byte) ([]byte, error)

func (f function) Invoke(_ context.Context, event []byte) ([]byte, error) { return f(event) }

const stageARN = "arn:aws:execute-api:eu-central-1:000000000000:app-Api/v1"

// echo answers with the event it got.
func echo(event []byte) ([]byte, error) {
	return json.Marshal(events.APIGatewayProxyResponse{StatusCode: 200, Body: string(event)})
}

// allow grants everything, to everybody.
func allow([]byte) ([]byte, error) { return policy("Allow", stageARN+"/*/*"), nil }

func policy(effect, resource string) []byte {
	return []byte(`{"principalId":"p","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"` + effect +
		`","Action":["execute-api:Invoke"],"Resource":["` + resource +
		`"]}]},"context":{"tenant":"t","n":7,"ok":true}}`)
}

func serve(t *testing.T, authorizer, target function) *httptest.Server {
	t.Helper()
	d := template.Deployment{StackName: "app", Region: "eu-central-1", AccountID: "000000000000"}
	s, err := template.Load("testdata/api.yaml", d)
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string]apigateway.Function{"Authorizer": authorizer, "Echo": target}
	api, err := apigateway.New(s, d, "Api", func(id string) apigateway.Function { return functions[id] })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return server
}

func send(t *testing.T, method, url, token, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	req.Header.Add("X-Twice", "1")
	req.Header.Add("X-Twice", "2")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func TestEvent(t *testing.T) {
	server := serve(t, allow, echo)
	_, body := send(t, http.MethodPost, server.URL+"/things/a%2Fb%20c?q=1&q=x+y&r=%C3%BC", "Bearer abc", `{"a":"ü"}`)
	var e events.APIGatewayProxyRequest
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	got := map[string]any{
		"resource": e.Resource, "path": e.Path, "method": e.HTTPMethod, "parameters": e.PathParameters, "body": e.Body,
		"base64": e.IsBase64Encoded, "single": e.QueryStringParameters, "multi": e.MultiValueQueryStringParameters,
		"header": e.Headers["X-Twice"], "headers": e.MultiValueHeaders["X-Twice"],
		"stage": e.RequestContext.Stage, "context path": e.RequestContext.Path,
		"ip":     e.RequestContext.Identity.SourceIP,
		"tenant": e.RequestContext.Authorizer["tenant"], "n": e.RequestContext.Authorizer["n"],
		"ok": e.RequestContext.Authorizer["ok"], "principal": e.RequestContext.Authorizer["principalId"],
	}
	want := map[string]any{
		"resource": "/things/{id}", "path": "/things/a%2Fb%20c", "method": "POST",
		"parameters": map[string]string{"id": "a%2Fb%20c"}, "body": `{"a":"ü"}`, "base64": false,
		"single": map[string]string{"q": "x y", "r": "ü"}, "multi": map[string][]string{"q": {"1", "x y"}, "r": {"ü"}},
		"header": "2", "headers": []string{"1", "2"}, "stage": "v1", "context path": "/things/a%2Fb%20c",
		"ip":     "127.0.0.1",
		"tenant": "t", "n": "7", "ok": "true", "principal": "p",
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s is %#v, want %#v", name, got[name], want[name])
		}
	}
	_, body = send(t, http.MethodPost, server.URL+"/things", "Bearer abc", "\xff")
	if !strings.Contains(body, `"body":"/w==","isBase64Encoded":true`) {
		t.Errorf("a body that is not UTF-8 arrives as %s", body)
	}
}

func TestRouting(t *testing.T) {
	server := serve(t, allow, echo)
	for _, c := range []struct {
		method, path string
		status       int
		resource     string
	}{
		{"GET", "/things", 200, "/things"},
		{"PATCH", "/things", 200, "/things"},
		{"GET", "/things/1", 200, "/things/{id}"},
		{"GET", "/things/1/2", 200, "/things/{rest+}"},
		{"GET", "/things/", 200, "/things"},
		{"GET", "/things/1/", 200, "/things/{id}"},
		{"GET", "/things//1", 404, ""},
		{"GET", "/open", 200, "/open"},
		{"POST", "/open", 404, ""},
		{"GET", "/", 404, ""},
		{"GET", "/thingsx", 404, ""},
		{"GET", "/things?a={b}", 400, ""},
		{"GET", "/things?a=%zz", 400, ""},
	} {
		res, body := send(t, c.method, server.URL+c.path, "Bearer abc", "")
		var e events.APIGatewayProxyRequest
		_ = json.Unmarshal([]byte(body), &e)
		if res.StatusCode != c.status || e.Resource != c.resource || e.Path != "" && e.Path != c.path {
			t.Errorf("%s %s: %d by %q, want %d by %q", c.method, c.path, res.StatusCode, e.Resource, c.status,
				c.resource)
		}
	}
}

func TestAuthorizer(t *testing.T) {
	var calls atomic.Int32
	server := serve(t, func(event []byte) ([]byte, error) {
		calls.Add(1)
		var e events.APIGatewayCustomAuthorizerRequest
		if err := json.Unmarshal(event, &e); err != nil {
			return nil, err
		}
		switch strings.TrimPrefix(e.AuthorizationToken, "Bearer ") {
		case "unknown":
			return nil, &lambda.Error{Type: "errorString", Message: "Unauthorized"}
		case "broken":
			return nil, &lambda.Error{Type: "errorString", Message: "the table is gone"}
		case "odd":
			return []byte(`{"principalId":"p"}`), nil
		case "denied":
			return policy("Deny", "*"), nil
		case "narrow":
			return policy("Allow", e.MethodArn), nil
		}
		return allow(nil)
	}, echo)
	for _, c := range []struct {
		name, path, token string
		status            int
		calls             int32
	}{
		{"no token", "/things", "", 401, 0},
		{"not a valid token", "/things", "Bearer ABC", 401, 0},
		{"more than a token", "/things", "Bearer abc def", 401, 0},
		{"no authorizer", "/open", "", 200, 0},
		{"first use", "/things", "Bearer good", 200, 1},
		{"from the cache", "/things", "Bearer good", 200, 0},
		{"from the cache, on another path", "/things/1", "Bearer good", 200, 0},
		{"unknown", "/things", "Bearer unknown", 401, 1},
		{"unknown is not cached", "/things", "Bearer unknown", 401, 1},
		{"a failure", "/things", "Bearer broken", 500, 1},
		{"an answer that makes no sense", "/things", "Bearer odd", 500, 1},
		{"denied", "/things", "Bearer denied", 403, 1},
		{"denied from the cache", "/things", "Bearer denied", 403, 0},
		{"a policy for one method", "/things", "Bearer narrow", 200, 1},
		{"which does not cover another path", "/things/1", "Bearer narrow", 403, 0},
	} {
		calls.Store(0)
		res, body := send(t, http.MethodGet, server.URL+c.path, c.token, "")
		if res.StatusCode != c.status || calls.Load() != c.calls {
			t.Errorf("%s: %d after %d calls, want %d after %d: %.200s",
				c.name, res.StatusCode, calls.Load(), c.status, c.calls, body)
		}
	}
}

func TestIntegration(t *testing.T) {
	answer := func(s string) function { return func([]byte) ([]byte, error) { return []byte(s), nil } }
	fail := func(err error) function { return func([]byte) ([]byte, error) { return nil, err } }
	for _, c := range []struct {
		name   string
		target function
		body   string
		status int
	}{
		{"an answer", answer(`{"statusCode":201,"body":"x"}`), "", 201},
		{"no answer at all", answer(`null`), "", 502},
		{"no object", answer(`"text"`), "", 502},
		{"no status", answer(`{"body":"x"}`), "", 502},
		{"the function's error", fail(&lambda.Error{Type: "errorString", Message: "x"}), "", 502},
		{"too large for Lambda", fail(&lambda.Error{Type: lambda.TooLarge}), "", 413},
		{"too large for the gateway", answer(`{"statusCode":201}`), strings.Repeat("x", 10<<20+1), 413},
		{"none free in time", fail(context.DeadlineExceeded), "", 504},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := serve(t, allow, c.target)
			res, body := send(t, http.MethodPost, server.URL+"/things", "Bearer abc", c.body)
			if res.StatusCode != c.status {
				t.Errorf("the answer is %d %s, want %d", res.StatusCode, body, c.status)
			}
		})
	}
}

// TestALargeGroupFitsIntoTheEvent: the service takes groups of up to 5 MB
// (shared/server), and the quotes and brackets around their members grow on the way.
func TestALargeGroupFitsIntoTheEvent(t *testing.T) {
	const member = `{"value":"2819c223-7f76-453a-919d-413861904646","display":"Ada & <b@example.com>"},`
	body := `{"members":[` + strings.Repeat(member, 5<<20/len(member)-1) + `{}]}`
	size := 0
	server := serve(t, allow, func(event []byte) ([]byte, error) {
		var e events.APIGatewayProxyRequest
		if err := json.Unmarshal(event, &e); err != nil || e.Body != body || e.IsBase64Encoded {
			t.Errorf("the body arrives as %d bytes, base64 %v, error %v; want %d",
				len(e.Body), e.IsBase64Encoded, err, len(body))
		}
		size = len(event)
		return []byte(`{"statusCode":201}`), nil
	})
	if res, _ := send(t, "POST", server.URL+"/things", "Bearer abc", body); res.StatusCode != http.StatusCreated {
		t.Errorf("%d", res.StatusCode)
	}
	if size > lambda.MaxRequest {
		t.Errorf("the event has %d bytes, Lambda takes %d", size, lambda.MaxRequest)
	}
}

func TestHeadersOfTheFunction(t *testing.T) {
	server := serve(t, allow, func([]byte) ([]byte, error) {
		return []byte(`{"statusCode":200,"headers":{"ETag":"W/\"1\"","WWW-Authenticate":"Bearer"},` +
			`"multiValueHeaders":{"X-A":["1","2"]},"body":"{}"}`), nil
	})
	res, _ := send(t, http.MethodGet, server.URL+"/things", "Bearer abc", "")
	got := []any{res.Header.Get("ETag"), res.Header.Get("WWW-Authenticate"),
		res.Header.Get("x-amzn-Remapped-WWW-Authenticate"),
		res.Header.Values("X-A"), res.Header.Get("Content-Type")}
	want := []any{`W/"1"`, "", "Bearer", []string{"1", "2"}, "application/json"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the headers are %q, want %q", got, want)
	}
}

func TestGatewayResponses(t *testing.T) {
	server := serve(t, allow, echo)
	res, body := send(t, http.MethodGet, server.URL+"/things", "", "")
	want := `{"request":"` + res.Header.Get("x-amzn-RequestId") + `"}`
	if res.StatusCode != 401 || body != want || res.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("its own response: %d %s %v, want 401 %s", res.StatusCode, body, res.Header, want)
	}
	res, body = send(t, http.MethodGet, server.URL+"/things?a=|", "Bearer abc", "")
	if res.StatusCode != 400 || body != `{"type":"BAD_REQUEST_PARAMETERS"}` {
		t.Errorf("by its class: %d %s", res.StatusCode, body)
	}
}
