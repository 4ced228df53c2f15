package gateway

import (
	"context"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"
)

// Operator returns, for a request that API Gateway authorized by its IAM signature, the ARN of
// the signer and the id of the request.
func Operator(ctx context.Context) (arn, requestID string) {
	c, _ := core.GetAPIGatewayContextFromContext(ctx)
	return c.Identity.UserArn, c.RequestID
}
