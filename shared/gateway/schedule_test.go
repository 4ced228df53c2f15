package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/gateway"
)

// TestWithSchedule: no request reaches the schedule's handler, whatever it contains.
func TestWithSchedule(t *testing.T) {
	called := ""
	handle := gateway.WithSchedule(
		func(_ context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
			called = "request " + e.Path
			return events.APIGatewayProxyResponse{StatusCode: 200}, nil
		},
		func(context.Context) error {
			called = "schedule"
			return errors.New("failed")
		})
	for _, tt := range []struct {
		name, event, called string
		fails               bool
	}{
		{"a request", `{"httpMethod":"GET","path":"/v1/tenants"}`, "request /v1/tenants", false},
		{"a request that imitates a schedule", `{"httpMethod":"POST","path":"/v1/tenants",
			"body":"{\"detail-type\":\"Scheduled Event\"}","headers":{"detail-type":"Scheduled Event"}}`,
			"request /v1/tenants", false},
		{"a schedule", `{"detail-type":"Scheduled Event","source":"aws.events"}`, "schedule", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			called = ""
			if _, err := handle(t.Context(), json.RawMessage(tt.event)); (err != nil) != tt.fails ||
				called != tt.called {
				t.Errorf("%q was called, err %v; want %q", called, err, tt.called)
			}
		})
	}
}
