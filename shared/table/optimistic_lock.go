package table

import (
	"context"
	"errors"
)

// The errors of changes that depend on an item as it was read.
var (
	// ErrNotFound reports that the table has no such item.
	ErrNotFound = errors.New("table: no such item")
	// ErrItemChanged reports that an item has changed since it was read.
	ErrItemChanged = errors.New("table: the item has changed since it was read")
	// ErrContention reports that an item had changed at every attempt.
	ErrContention = errors.New("table: other writers keep changing the item")
)

// MaxAttempts bounds how often a change is made anew because its item has moved. With the pauses between
// the attempts, this takes ten seconds.
const MaxAttempts = 50

// RetryIfChanged calls step, which reads an item and writes it under the condition that it
// is still as it was read, until step returns another error than ErrItemChanged. The error is
// ErrContention once all attempts or the time of the context are used up.
func RetryIfChanged(ctx context.Context, step func() error) error {
	for n := range MaxAttempts {
		if n > 0 && !Pause(ctx, n) {
			break
		}
		if err := step(); !errors.Is(err, ErrItemChanged) {
			return err
		}
	}
	return ErrContention
}

// FailedConditions returns the conditions that failed, or nil if err is anything else.
func FailedConditions(err error) *ConditionFailed {
	var failed *ConditionFailed
	errors.As(err, &failed)
	return failed
}
