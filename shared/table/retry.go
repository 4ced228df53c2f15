package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// outcome is what the error of a call means for the next attempt.
type outcome int

const (
	succeeded  outcome = iota // carried out
	rejected                  // a condition failed: do not retry
	notApplied                // nothing was written: retry, with new input if useful
	unknown                   // perhaps carried out: retry with the same input
	permanent                 // no attempt will succeed
)

// classify returns the outcome that an error of the SDK stands for. Without an answer of
// DynamoDB (a lost connection, a timeout, a broken body) the outcome is unknown.
func classify(err error) outcome {
	if err == nil {
		return succeeded
	}
	var cancellation *types.TransactionCanceledException
	if errors.As(err, &cancellation) {
		return classifyReasons(cancellation.CancellationReasons)
	}
	if errors.As(err, &unsentError{}) {
		return permanent
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return unknown
	}
	switch api.ErrorCode() {
	case "ConditionalCheckFailedException":
		return rejected
	case "TransactionConflictException", "ThrottlingException", "ProvisionedThroughputExceededException",
		"RequestLimitExceeded", "ThrottlingError":
		return notApplied
	case "TransactionInProgressException", "ReplicatedWriteConflictException":
		return unknown
	}
	return classifyStatus(err)
}

// classifyStatus classifies an error whose name says nothing about repeating the call. DynamoDB and the
// proxies in front of it have several names for each status.
func classifyStatus(err error) outcome {
	var answer *answerError
	switch {
	case !errors.As(err, &answer):
		return permanent
	case answer.status == http.StatusTooManyRequests:
		return notApplied
	case answer.status == http.StatusRequestTimeout, answer.status >= http.StatusInternalServerError:
		return unknown
	}
	return permanent
}

// abandoned wraps the error with which a caller gave up.
type abandoned struct{ error }

// classifyReasons classifies a cancelled transaction by its reasons. One failed condition
// decides, whatever the other reasons are: a retry can't help.
func classifyReasons(reasons []types.CancellationReason) outcome {
	v := notApplied
	for _, reason := range reasons {
		switch code(reason) {
		case "ConditionalCheckFailed":
			return rejected
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

// retry calls attempt until its outcome is succeeded, rejected or permanent, with jittered
// pauses between the attempts. When the budget, the context's deadline or the quota of
// retries allows no more, the error is ErrUnavailable. attempt gets the outcome of the
// previous attempt, and may make no call and give up with an abandoned error.
func (db *DB) retry(ctx context.Context, attempt func(ctx context.Context, before outcome) error) error {
	ctx, cancel := context.WithTimeout(ctx, db.budget)
	defer cancel()
	before, costly := succeeded, 0
	for n := 0; ; n++ {
		err := attempt(ctx, before)
		if errors.As(err, &abandoned{}) {
			return err
		}
		before = classify(err)
		count(ctx, func(u *Usage) { u.tally(n, err) })
		switch before {
		case succeeded, rejected:
			db.quota.give(costly)
			return err
		case permanent:
			return fmt.Errorf("table: %w", err)
		}
		if !isConflict(err) && ctx.Err() == nil {
			if !db.quota.take() {
				return fmt.Errorf("%w: no retry, because too many calls failed: %w", ErrUnavailable, err)
			}
			costly++
		}
		if !Pause(ctx, n) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
}

func (u *Usage) tally(n int, err error) {
	u.Calls++
	if n > 0 {
		u.Retries++
	}
	if isConflict(err) {
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

// Pause waits before attempt n+1 of something that failed because of other requests. The
// pause is jittered and grows with n up to MaxPause. Pause reports false, without waiting
// to the end, if the context's deadline leaves no time for it.
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
