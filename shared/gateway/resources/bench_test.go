package resources_test

import (
	"encoding/json"
	"fmt"
	"io"
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
)

// benchUser is a user of 1.2 KB, as a provider sends it.
const benchUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"barbara.jensen@example.com","active":true,"displayName":"Barbara Jensen","title":"Tour Guide",
"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara","middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"},
"emails":[{"value":"barbara.jensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"}],
"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"},{"value":"tel:+1-201-555-0124","type":"mobile"}],
"addresses":[{"type":"work","streetAddress":"100 Universal City Plaza","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US","primary":true}],
"preferredLanguage":"en-US","locale":"en-US","timezone":"America/Los_Angeles",
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130","organization":"Universal Studios","division":"Theme Park","department":"Tour Operations","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}`

// stub answers DynamoDB's calls from memory, at the transport of the SDK: what is
// left is the cost of our code, the SDK's and the adapter's. The answers are by
// operation; to a query, by operation and section of the table.
type stub map[string]string

func (s stub) RoundTrip(r *http.Request) (*http.Response, error) {
	var in struct {
		ExpressionAttributeValues map[string]struct{ S string }
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if operation == "Query" {
		operation += " " + strings.Split(in.ExpressionAttributeValues[":pk"].S+"##", "#")[2]
	}
	body, ok := s[operation]
	if !ok {
		return nil, fmt.Errorf("no answer to %s", operation)
	}
	h := http.Header{"Content-Type": {"application/x-amz-json-1.0"}}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// newStub makes the answers: the settings or a user, and a page of 100 users who
// are in no group.
func newStub(tb testing.TB, registry *schema.Registry) stub {
	tb.Helper()
	v, err := scim.ParseJSON([]byte(benchUser))
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
	for name, value := range map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"} {
		b.Setenv(name, value)
	}
	registry, err := schema.Standard()
	if err != nil {
		b.Fatal(err)
	}
	dir, err := directory.Open(directory.Options{Table: "t", Endpoint: "http://127.0.0.1:1", Client: &http.Client{Transport: newStub(b, registry)}})
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
		{"create", "POST", "/scim/v2/Users", benchUser, 201},
		{"get", "GET", one, "", 200},
		{"patch", "PATCH", one, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Director"},{"op":"replace","path":"emails[type eq \"home\"].display","value":"Babs"}]}`, 200},
		{"page of 100", "GET", "/scim/v2/Users", "", 200},
	} {
		b.Run(tt.name, func(b *testing.B) {
			e := events.APIGatewayProxyRequest{HTTPMethod: tt.method, Path: tt.path, Body: tt.body}
			e.RequestContext.Authorizer = map[string]any{"tenant": "acme", "profile": "generic", "scopes": "read write", "expires": "0"}
			b.ReportAllocs()
			for b.Loop() {
				if out, err := handle(b.Context(), e); err != nil || out.StatusCode != tt.want {
					b.Fatal(out.StatusCode, out.Body, err)
				}
			}
		})
	}
}
