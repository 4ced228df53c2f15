package resources_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
	"scimserver/shared/gateway"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/testkit/canned"
)

// answers returns the answers of a table with canned.User.
func answers(tb testing.TB, registry *schema.Registry) canned.Answers {
	tb.Helper()
	v, err := scim.ParseJSON([]byte(canned.User))
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := registry.Type("User").Normalize(v, schema.Rules{})
	if err != nil {
		tb.Fatal(err)
	}
	all, err := canned.NewAnswers(doc.JSON())
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// BenchmarkRequest measures whole requests, from the event to the response. infra/bench
// measures the same ones beside another implementation.
func BenchmarkRequest(b *testing.B) {
	for name, value := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		b.Setenv(name, value)
	}
	registry, err := schema.Standard()
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Transport: answers(b, registry)}
	dir, err := directory.Open(directory.Options{Table: "t", Endpoint: "http://127.0.0.1:1", Client: client})
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	users := server.New(server.Options{Registry: registry, Directory: dir, Log: log}, server.Users)
	handle := gateway.NewHandler(users, log)
	for _, r := range canned.Requests() {
		b.Run(r.Name, func(b *testing.B) {
			e := events.APIGatewayProxyRequest{
				HTTPMethod: r.Method, Path: r.Path, Body: r.Body, QueryStringParameters: r.Query,
			}
			e.RequestContext.Authorizer = map[string]any{
				"tenant": "acme", "profile": "generic", "scopes": "read write", "expires": "0",
			}
			b.ReportAllocs()
			for b.Loop() {
				if out, err := handle(b.Context(), e); err != nil || out.StatusCode != r.Status {
					b.Fatal(out.StatusCode, out.Body, err)
				}
			}
		})
	}
}
