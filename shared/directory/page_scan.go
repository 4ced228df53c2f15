package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// The limits of a request that reads resources one by one.
const (
	// MaxScanned is the most resources that one request examines.
	MaxScanned = 100_000
	// scanTime is the most time that the reading may take. A near deadline shortens it.
	scanTime = 20 * time.Second
	// scanners is the number of ranges that are read in parallel. Memory holds the
	// resources of one call for each range, at most 1 MB as stored.
	scanners = 4
)

// Scan calls f with all resources of a kind, a batch at a time, unordered and from several
// goroutines. It divides the ids by their first digit: they are random, so the ranges have
// about the same size. If all resources fit into one call, it makes only that call. The
// error is ErrTooMany if there are more than MaxScanned resources, or too little of the
// request's time is left.
func (t *Tenant) Scan(ctx context.Context, k Kind, f func(context.Context, []Resource) error) error {
	s := newScan(t.namespace, k)
	return s.bounded(ctx, func(ctx context.Context) error {
		s.f = f
		next, err := s.read(ctx, table.Query{PK: t.keys.partition(k)}, false)
		if err != nil || next == "" {
			return err
		}
		if n, err := t.Count(ctx, k); err != nil || n > MaxScanned {
			return cmp.Or(err, ErrTooMany)
		}
		work, ctx := errgroup.WithContext(ctx)
		work.SetLimit(scanners)
		for _, q := range ranges(t.keys.partition(k), next) {
			work.Go(func() (err error) {
				defer recoverTo(&err)
				_, err = s.read(ctx, q, true)
				return err
			})
		}
		return work.Wait()
	})
}

// recoverTo turns a panic of a goroutine into an error. Otherwise the panic would end the
// process.
func recoverTo(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// scan reads all resources of a kind.
type scan struct {
	t       *namespace
	k       Kind
	f       func(context.Context, []Resource) error
	scanned atomic.Int64
}

func newScan(t *namespace, k Kind) *scan { return &scan{t: t, k: k} }

// bounded runs work for as long as one request may scan, within the tenant's budget.
func (s *scan) bounded(ctx context.Context, work func(context.Context) error) error {
	return s.t.withinScanBudget(ctx, func(ctx context.Context) error { return s.withDeadline(ctx, work) })
}

// withDeadline runs work for as long as one request may scan.
func (s *scan) withDeadline(ctx context.Context, work func(context.Context) error) error {
	bounded, cancel := context.WithTimeoutCause(ctx, timeToScan(ctx), ErrTooMany)
	defer cancel()
	err := work(bounded)
	switch {
	case err == nil, errors.Is(err, ErrUnavailable) && s.scanned.Load() == 0:
		return err // without any progress, the same request may succeed later
	case errors.Is(context.Cause(bounded), ErrTooMany), errors.Is(err, ErrUnavailable) && isNear(bounded):
		return ErrTooMany
	}
	return err
}

// isNear reports whether a scan has too little time left to repeat a throttled call. The same request
// would fail in the same way again, so the error is not ErrUnavailable.
func isNear(bounded context.Context) bool {
	deadline, _ := bounded.Deadline()
	return time.Until(deadline) <= table.MaxPause
}

// timeToScan is the time that a scan may take, so that enough is left to answer the
// request.
func timeToScan(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(scanTime, time.Until(deadline)*3/4)
	}
	return scanTime
}

// count counts examined resources.
func (s *scan) count(n int) error {
	if s.scanned.Add(int64(n)) > MaxScanned {
		return ErrTooMany
	}
	return nil
}

// read calls f with the resources in a range: all of them, or those that one call returns.
// next is the key of the last one, "" at the end of the range.
func (s *scan) read(ctx context.Context, q table.Query, all bool) (next string, err error) {
	err = s.t.d.db.Walk(ctx, q, func(items []table.Item, last string) (bool, error) {
		next = last
		s.t.finishDeletions(ctx, s.k, items...)
		some, err := existing(items)
		if err == nil {
			err = s.count(len(items))
		}
		if err == nil {
			err = s.f(ctx, some)
		}
		return all, err
	})
	return next, err
}

// digits are the first characters of ids, in order.
const digits = "0123456789abcdef"

// ranges divides the part of a partition after a key by the first digit of the ids.
func ranges(pk, after string) (all []table.Query) {
	for i, digit := range []byte(digits) {
		q := table.Query{PK: pk, From: string(digit), To: table.Highest}
		if i+1 < len(digits) {
			q.To = string(digits[i+1]-1) + table.Highest
		}
		switch {
		case q.To <= after:
			continue
		case q.From <= after:
			q.After = after
		case len(all) == 0: // the first range also has the keys between after and the first digit
			q.From, q.After = after, after
		}
		all = append(all, q)
	}
	return all
}
