package gateway

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/deadline"
	"scimserver/shared/scim"
)

// serve sends an event through a handler.
func serve(t *testing.T, e events.APIGatewayProxyRequest, h http.HandlerFunc) events.APIGatewayProxyResponse {
	t.Helper()
	if e.HTTPMethod == "" {
		e.HTTPMethod = "GET"
	}
	out, err := NewHandler(h, slog.New(slog.DiscardHandler))(t.Context(), e)
	if err != nil {
		t.Fatalf("an event became a failed invocation: %v", err)
	}
	return out
}

func TestRequestIsFaithful(t *testing.T) { // P-1.2-1
	e := events.APIGatewayProxyRequest{
		Path:                            "/scim/v2/Users/a%2Fb",
		HTTPMethod:                      "PUT",
		MultiValueQueryStringParameters: map[string][]string{"filter": {`userName eq "a+b&c"`}},
		MultiValueHeaders:               map[string][]string{"If-Match": {`W/"1", W/"2"`}},
		Body:                            base64.StdEncoding.EncodeToString([]byte("é")),
		IsBase64Encoded:                 true,
	}
	out := serve(t, e, func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 10)
		n, _ := r.Body.Read(body)
		if r.URL.EscapedPath() != e.Path || r.URL.Query().Get("filter") != `userName eq "a+b&c"` ||
			r.Header.Get("If-Match") != `W/"1", W/"2"` || string(body[:n]) != "é" {
			t.Errorf("%s %s %q %q", r.Method, r.URL, r.Header, body[:n])
		}
		w.WriteHeader(http.StatusNoContent)
	})
	if out.StatusCode != http.StatusNoContent {
		t.Errorf("status %d", out.StatusCode)
	}
}

func TestTrapsBecomeSCIMErrors(t *testing.T) { // P-3.12-1
	nothing := func(http.ResponseWriter, *http.Request) {}
	for name, tt := range map[string]struct {
		event events.APIGatewayProxyRequest
		want  int
	}{
		"undecodable path":  {events.APIGatewayProxyRequest{Path: "/scim/v2/Users/100%"}, 400},
		"question mark":     {events.APIGatewayProxyRequest{Path: "/scim/v2/Users/a?admin=1"}, 400},
		"fragment":          {events.APIGatewayProxyRequest{Path: "/scim/v2/Users/a#b"}, 400},
		"control character": {events.APIGatewayProxyRequest{Path: "/scim/v2/Users/a\x01"}, 400},
		"empty path":        {events.APIGatewayProxyRequest{}, 400},
		"broken base64": {
			events.APIGatewayProxyRequest{Path: "/scim/v2/Users", Body: "%", IsBase64Encoded: true}, 400,
		},
		"odd method":     {events.APIGatewayProxyRequest{Path: "/scim/v2/Users", HTTPMethod: "A B"}, 500},
		"silent handler": {events.APIGatewayProxyRequest{Path: "/scim/v2/Users"}, 500},
	} {
		out := serve(t, tt.event, nothing)
		v, err := scim.ParseJSON([]byte(out.Body))
		if err != nil || out.StatusCode != tt.want || out.Headers["Content-Type"] != scim.MediaType ||
			v.Get("schemas").Items()[0].Text() != scim.ErrorMessage {
			t.Errorf("%s: %d %v %s", name, out.StatusCode, out.Headers, out.Body)
		}
	}
}

func TestOrigin(t *testing.T) {
	c := events.APIGatewayProxyRequestContext{
		DomainName: "abc.execute-api.eu-central-1.amazonaws.com", Path: "/v1/scim/v2/Users", RequestID: "r1",
		Authorizer: map[string]any{
			"tenant": "acme", "profile": "okta", "credential": "k1", "scopes": "read write",
			"expires": "1800000000",
		},
	}
	o := origin(c, "/scim/v2/Users")
	if o.BaseURL != "https://abc.execute-api.eu-central-1.amazonaws.com/v1/scim/v2" || o.RequestID != "r1" {
		t.Errorf("%+v", o)
	}
	if o.Caller.Tenant != "acme" || !o.Caller.May("write") || o.Caller.May("admin") ||
		o.Caller.Expires.Unix() != 1800000000 {
		t.Errorf("%+v", o.Caller)
	}
	o = origin(events.APIGatewayProxyRequestContext{Authorizer: map[string]any{"tenant": 1, "expires": "0"}}, "")
	if o.Caller.Tenant != "" || !o.Caller.Expires.IsZero() {
		t.Errorf("%+v", o.Caller)
	}
}

func TestDeadlineLeavesTimeToAnswer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outer, _ := ctx.Deadline()
		inner, ok := r.Context().Deadline()
		if !ok || outer.Sub(inner) <= 3*deadline.RecordTime {
			t.Errorf("deadline %v, invocation ends %v", inner, outer)
		}
		w.WriteHeader(http.StatusNoContent)
	}), slog.New(slog.DiscardHandler))(ctx, events.APIGatewayProxyRequest{Path: "/scim/v2/Users", HTTPMethod: "GET"})
	if err != nil {
		t.Error(err)
	}
}

func TestAnswerIsText(t *testing.T) {
	out := serve(t, events.APIGatewayProxyRequest{Path: "/x"}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		_, _ = w.Write([]byte(`{"a":"é"}`))
	})
	if out.IsBase64Encoded || out.Body != `{"a":"é"}` ||
		strings.Join(out.MultiValueHeaders["Content-Type"], "") != scim.MediaType {
		t.Errorf("%+v", out)
	}
}

// TestPanicIsLoggedAndNotShown: after a panic the process continues, and the answer reveals no
// internals.
func TestPanicIsLoggedAndNotShown(t *testing.T) {
	var log strings.Builder
	handle := NewHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("inner secret") }),
		slog.New(slog.NewJSONHandler(&log, nil)))
	e := events.APIGatewayProxyRequest{Path: "/scim/v2/Users", HTTPMethod: "GET"}
	e.RequestContext.RequestID = "r1"
	out, err := handle(t.Context(), e)
	if err != nil || out.StatusCode != http.StatusInternalServerError {
		t.Fatalf("%d, %v", out.StatusCode, err)
	}
	if strings.Contains(out.Body, "inner secret") || strings.Contains(out.Body, ".go:") ||
		!strings.Contains(out.Body, `"status":"500"`) {
		t.Errorf("the client reads %s", out.Body)
	}
	for _, want := range []string{"inner secret", "gateway_test.go", `"request":"r1"`, `"level":"ERROR"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
}
