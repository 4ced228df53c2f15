package directory

import (
	"context"

	"scimserver/shared/table"
)

// Usage is what a request consumed of DynamoDB.
type Usage = table.Usage

// WithMeter returns a context whose use of the directory is counted, and a
// function that tells the count so far.
func WithMeter(ctx context.Context) (context.Context, func() Usage) {
	ctx, meter := table.WithMeter(ctx)
	return ctx, meter.Usage
}
