package gateway

import (
	"context"
	"strings"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"
)

// Prefix returns the part of a request's public path before root: the stage of the API, such as /v1,
// or "" if the API has a domain of its own.
func Prefix(ctx context.Context, root string) string {
	c, _ := core.GetAPIGatewayContextFromContext(ctx)
	before, _, found := strings.Cut(c.Path, root)
	if !found {
		return ""
	}
	return before
}

// RequestID returns the id that API Gateway gave to a request.
func RequestID(ctx context.Context) string {
	c, _ := core.GetAPIGatewayContextFromContext(ctx)
	return c.RequestID
}
