package gateway

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/deadline"
)

// WithSchedule returns a handler of API Gateway's requests that a schedule may invoke as well.
// A request can't look like a call of the schedule: API Gateway writes the event, and the
// request is inside it.
func WithSchedule(
	requests Handler, scheduled func(context.Context) error,
) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		var kind struct {
			DetailType string `json:"detail-type"`
		}
		if err := json.Unmarshal(event, &kind); err != nil {
			return nil, err
		}
		if kind.DetailType == "Scheduled Event" {
			ctx, cancel := deadline.WithReserve(ctx)
			defer cancel()
			return nil, scheduled(ctx)
		}
		var request events.APIGatewayProxyRequest
		if err := json.Unmarshal(event, &request); err != nil {
			return nil, err
		}
		return requests(ctx, request)
	}
}
