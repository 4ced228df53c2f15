package tenantstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"scimserver/shared/deadline"
	"scimserver/shared/tenant"
)

const (
	// flushInterval is the time between two writes of counts after the first flushBurst. Between two
	// writes a process counts in memory, and loses these counts if it ends.
	flushInterval = 30 * time.Second
	// flushBurst is how many writes may follow each other without waiting after a quiet time, so that
	// an administrator who tests a connection sees its few refusals at once.
	flushBurst = 10
	// maxCounted is the most counts of a process. Without a limit, a client could fill the memory.
	maxCounted = 1000
)

// RefusalCounter counts refusals in memory, so that most of them cost no write. The zero value is
// ready for use. It is safe for concurrent use.
type RefusalCounter struct {
	mu      sync.Mutex
	pending map[tenant.Refusal]tally // the keys have neither Count nor Last
	// flushed limits the writes: one may follow flushInterval after it, and advances it by flushInterval.
	// It is never more than flushBurst intervals in the past.
	flushed time.Time
}

type tally struct {
	count int64
	last  time.Time
}

// Count counts a refusal at r.Last. After a quiet time each of the first ten calls writes all counts;
// after that, a call writes them if half a minute has passed. Whether it writes does not depend on the
// refusal, so response times do not reveal whether a key id exists. The error says which counts could
// not be written; they are written later.
func (c *RefusalCounter) Count(ctx context.Context, to *Store, r tenant.Refusal) error {
	now := r.Last
	r.Hour, r.Last, r.Count = now.UTC().Truncate(time.Hour), time.Time{}, 0
	due := c.add(r, tally{1, now}, now)
	if len(due) == 0 {
		return nil
	}
	ctx, cancel := to.Brief(context.WithoutCancel(ctx), deadline.RecordTime)
	defer cancel()
	failed := make(chan error, len(due))
	for key, n := range due {
		go func() { failed <- c.write(ctx, to, key, n) }()
	}
	var err error
	for range due {
		err = errors.Join(err, <-failed)
	}
	return err
}

func (c *RefusalCounter) write(ctx context.Context, to *Store, key tenant.Refusal, n tally) error {
	r := key
	r.Count, r.Last = n.count, n.last
	if err := to.AddRefusal(ctx, r); err != nil {
		c.restore(key, n)
		return fmt.Errorf("%d refusals: %w", n.count, err)
	}
	return nil
}

// add adds to a count. It returns all counts if they are due to be written.
func (c *RefusalCounter) add(key tenant.Refusal, n tally, now time.Time) (due map[tenant.Refusal]tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addLocked(key, n)
	if wholeBurst := now.Add(-flushBurst * flushInterval); c.flushed.Before(wholeBurst) {
		c.flushed = wholeBurst
	}
	if now.Sub(c.flushed) < flushInterval {
		return nil
	}
	due, c.pending, c.flushed = c.pending, nil, c.flushed.Add(flushInterval)
	return due
}

// restore adds a count that was not written.
func (c *RefusalCounter) restore(key tenant.Refusal, n tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addLocked(key, n)
}

func (c *RefusalCounter) addLocked(key tenant.Refusal, n tally) {
	if c.pending == nil {
		c.pending = map[tenant.Refusal]tally{}
	}
	sum, known := c.pending[key]
	if !known && len(c.pending) >= maxCounted {
		return
	}
	sum.count += n.count
	if n.last.After(sum.last) {
		sum.last = n.last
	}
	c.pending[key] = sum
}
