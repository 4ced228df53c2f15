package directory

import (
	"context"

	"scimserver/shared/table"
)

// Usage is the DynamoDB capacity and the calls that a request used.
type Usage = table.Usage

// WithMeter returns a context whose use of DynamoDB is counted, and a function that returns
// the usage so far.
func WithMeter(ctx context.Context) (context.Context, func() Usage) {
	ctx, meter := table.WithMeter(ctx)
	return ctx, meter.Usage
}
