package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// outcome is what an error of a call means for the next attempt.
type outcome int

const (
	done            outcome = iota // the call was carried out
	conditionFailed                // a condition failed: the caller decides
	notApplied                     // nothing was written; a new attempt may be built
	unknown                        // it may have been carried out: repeat the same
	permanent                      // no attempt will succeed
)

// classify sorts the errors of the SDK. Whatever is no answer of DynamoDB (a lost
// connection, a time-out, a broken body) leaves the outcome unknown.
func classify(err error) outcome {
	if err == nil {
		return done
	}
	if errors.As(err, &abandoned{}) {
		return conditionFailed
	}
	var cancellation *types.TransactionCanceledException
	if errors.As(err, &cancellation) {
		return classifyReasons(cancellation.CancellationReasons)
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return unknown
	}
	switch api.ErrorCode() {
	case "ConditionalCheckFailedException":
		return conditionFailed
	case "TransactionConflictException", "ThrottlingException", "ProvisionedThroughputExceededException",
		"RequestLimitExceeded", "ThrottlingError":
		return notApplied
	case "InternalServerError", "InternalServerErrorException", "ServiceUnavailable", "TransactionInProgressException",
		"InternalFailure", "UnknownError":
		return unknown
	}
	return permanent
}

// abandoned is the error of an attempt that its caller did not want any more.
type abandoned struct{ error }

// classifyReasons sorts the reasons of a cancelled transaction. One failed
// condition decides, whatever else stands beside it: repeating can't help.
func classifyReasons(reasons []types.CancellationReason) outcome {
	v := notApplied
	for _, reason := range reasons {
		switch code(reason) {
		case "ConditionalCheckFailed":
			return conditionFailed
		case "None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
		default:
			v = permanent
		}
	}
	return v
}

func code(reason types.CancellationReason) string {
	if reason.Code == nil {
		return "None"
	}
	return *reason.Code
}

const (
	firstPause = 10 * time.Millisecond
	maxPause   = 300 * time.Millisecond
	// MaxPause is the longest pause between two attempts, with its jitter.
	MaxPause = maxPause/4 + maxPause
)

// retry calls attempt until it is done, refused or fatal, with jittered pauses
// between, for as long as the budget and the context's deadline allow; then the
// error is ErrUnavailable. attempt is told the verdict on the attempt before.
func (db *DB) retry(ctx context.Context, attempt func(ctx context.Context, before outcome) error) error {
	ctx, cancel := context.WithTimeout(ctx, db.budget)
	defer cancel()
	before := done
	for n := 0; ; n++ {
		err := attempt(ctx, before)
		before = classify(err)
		count(ctx, func(u *Usage) { u.tally(n, err) })
		switch before {
		case done, conditionFailed:
			return err
		case permanent:
			return fmt.Errorf("table: %w", err)
		}
		if !Pause(ctx, n) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
}

func (u *Usage) tally(n int, err error) {
	if errors.As(err, &abandoned{}) {
		return
	}
	u.Calls++
	if n > 0 {
		u.Retries++
	}
	var cancellation *types.TransactionCanceledException
	var conflict *types.TransactionConflictException
	if errors.As(err, &conflict) || errors.As(err, &cancellation) && hasConflict(cancellation) {
		u.Conflicts++
	}
}

func hasConflict(c *types.TransactionCanceledException) bool {
	for _, reason := range c.CancellationReasons {
		if code(reason) == "TransactionConflict" {
			return true
		}
	}
	return false
}

// Pause waits before attempt n+1 of something that others were in the way of, and
// reports whether the context's deadline leaves time for it.
func Pause(ctx context.Context, n int) bool {
	bound := min(maxPause, firstPause<<min(n, 10))
	d := bound/4 + rand.N(bound)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
