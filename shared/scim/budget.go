package scim

import (
	"context"
	"errors"
	"sync/atomic"
)

// ErrBudget says that a request takes more work than it may.
var ErrBudget = errors.New("scim: the request takes more work than one request may")

// Budget bounds the work of one request that its size does not bound, such as values
// times the terms of a filter. It is counted in steps of roughly a nanosecond of CPU: a
// byte that is compared is one. It ends with the request's deadline, too. A Budget is
// safe for concurrent use; nil is one without bounds.
type Budget struct {
	ctx  context.Context
	left atomic.Int64
}

// NewBudget returns a budget of so many steps.
func NewBudget(ctx context.Context, steps int) *Budget {
	b := &Budget{ctx: ctx}
	b.left.Store(int64(steps))
	return b
}

// Spend takes steps off the budget. The error is ErrBudget when none are left, or the
// context's.
func (b *Budget) Spend(steps int) error {
	switch {
	case b == nil:
		return nil
	case b.left.Add(-int64(steps)) < 0:
		return ErrBudget
	}
	return b.ctx.Err()
}
