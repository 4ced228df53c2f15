package resources_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
	"scimserver/shared/gateway"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/testkit/canned"
)

// stub has the answers by operation; to a query, by operation and section of the table.
type stub map[string]string

func (s stub) answer(c canned.Call) (string, error) {
	body, ok := s[strings.TrimSpace(c.Operation+" "+c.Section)]
	if !ok {
		return "", fmt.Errorf("no answer to %s %s", c.Operation, c.Section)
	}
	return body, nil
}

// newStub returns the answers: the settings or a user, and a page of 100 users who
// are in no group.
func newStub(tb testing.TB, registry *schema.Registry) stub {
	tb.Helper()
	v, err := scim.ParseJSON([]byte(canned.User))
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := registry.Type("User").Normalize(v, schema.Rules{})
	if err != nil {
		tb.Fatal(err)
	}
	item := map[string]any{
		"PK": text("T#acme#USER"), "SK": text("6b58232c-adff-4daa-a434-d66fbcea5404"), "doc": text(doc.JSON()),
		"version": number("1"), "created": text("2026-11-23T13:20:14.154Z"), "modified": text("2026-11-23T13:20:14.154Z"),
		"fold": number("1"), "scope": text("SYSTEM"), "n": number("1"),
	}
	page := make([]any, 100)
	for i := range page {
		page[i] = item
	}
	return stub{
		"GetItem":            encode(tb, map[string]any{"Item": item}),
		"Query USER":         encode(tb, map[string]any{"Items": page}),
		"Query COUNT":        encode(tb, map[string]any{"Items": page[:1]}),
		"Query MEMBEROF":     `{"Items":[]}`,
		"Query PAGE":         `{"Items":[]}`,
		"PutItem":            "{}",
		"UpdateItem":         "{}",
		"TransactWriteItems": "{}",
	}
}

func text(s string) map[string]string   { return map[string]string{"S": s} }
func number(s string) map[string]string { return map[string]string{"N": s} }

func encode(tb testing.TB, v any) string {
	tb.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// BenchmarkRequest measures whole requests, from the event to the response.
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
	dir, err := directory.Open(directory.Options{Table: "t", Endpoint: "http://127.0.0.1:1", Client: &http.Client{Transport: canned.Transport(newStub(b, registry).answer)}})
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	handle := gateway.NewHandler(server.New(server.Options{Registry: registry, Directory: dir, Log: log}, server.Users), log)
	const one = "/scim/v2/Users/6b58232c-adff-4daa-a434-d66fbcea5404"
	for _, tt := range []struct {
		name, method, path, body string
		want                     int
	}{
		{"create", "POST", "/scim/v2/Users", canned.User, 201},
		{"get", "GET", one, "", 200},
		{
			"patch", "PATCH", one,
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace",` +
				`"path":"title","value":"Director"},{"op":"replace","path":"emails[type eq \"home\"].display","value":"Babs"}]}`,
			200,
		},
		{"page of 100", "GET", "/scim/v2/Users", "", 200},
	} {
		b.Run(tt.name, func(b *testing.B) {
			e := events.APIGatewayProxyRequest{HTTPMethod: tt.method, Path: tt.path, Body: tt.body}
			e.RequestContext.Authorizer = map[string]any{
				"tenant": "acme", "profile": "generic", "scopes": "read write", "expires": "0",
			}
			b.ReportAllocs()
			for b.Loop() {
				if out, err := handle(b.Context(), e); err != nil || out.StatusCode != tt.want {
					b.Fatal(out.StatusCode, out.Body, err)
				}
			}
		})
	}
}
