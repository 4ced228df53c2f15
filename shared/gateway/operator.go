package gateway

import (
	"context"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"
)

// Operator tells, of a request that API Gateway let in by its IAM signature, who
// signed it and the request's id.
func Operator(ctx context.Context) (arn, requestID string) {
	c, _ := core.GetAPIGatewayContextFromContext(ctx)
	return c.Identity.UserArn, c.RequestID
}
