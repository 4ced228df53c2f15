// Package deadline says how long the parts of a function's work may take, so that the answer
// leaves before Lambda ends the function.
package deadline

import (
	"context"
	"time"
)

// RecordTime is the longest that an answer waits for a write that it does not depend on, such as an
// entry in the provisioning log; see Brief of package table. If the write takes longer, the record is missing, and the
// answer is the same.
const RecordTime = time.Second

// reserve is the time that is left to respond when the work on a request has run out of time. It is enough for the
// three records that may then follow each other: an entry in the provisioning log, the counts of refusals, and an
// entry in a trace. Other records respect the request's own deadline.
const reserve = 3*RecordTime + 500*time.Millisecond

// WithReserve returns a context that ends some seconds before ctx, which leaves time to respond.
func WithReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-reserve))
}
