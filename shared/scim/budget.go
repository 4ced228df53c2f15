package scim

import (
	"context"
	"errors"
	"sync/atomic"
)

// ErrBudget reports that a request takes more work than one request may.
var ErrBudget = errors.New("scim: the request takes more work than one request may")

// Budget bounds the work of a request that is not proportional to its size, such as the comparison of many values
// with many terms of a filter. It counts steps of roughly one nanosecond of CPU time; comparing one byte takes one
// step. Once the request's deadline has passed, Spend also fails. A Budget is safe for concurrent use. A nil Budget
// is unlimited.
type Budget struct {
	ctx  context.Context
	left atomic.Int64
}

// NewBudget returns a budget of the given number of steps.
func NewBudget(ctx context.Context, steps int) *Budget {
	b := &Budget{ctx: ctx}
	b.left.Store(int64(steps))
	return b
}

// Spend subtracts steps from the budget. The error is ErrBudget when the budget is used up, or the error of the
// request's context.
func (b *Budget) Spend(steps int) error {
	switch {
	case b == nil:
		return nil
	case b.left.Add(-int64(steps)) < 0:
		return ErrBudget
	}
	return b.ctx.Err()
}
