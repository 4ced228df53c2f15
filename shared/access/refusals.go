package access

import (
	"context"
	"errors"
	"sync"
	"time"

	"scimserver/shared/tenant"
)

const (
	// flushInterval is the least time between two writes of counts. Within it a process only counts,
	// and loses what it has counted if it ends.
	flushInterval = 30 * time.Second
	// maxCounted bounds the counts of a process. Without it, a client could let them grow.
	maxCounted = 1000
)

// refusal is ErrInvalidCredential with its cause, which only operators get to know.
type refusal struct{ cause tenant.RefusalCause }

func (refusal) Error() string { return ErrInvalidCredential.Error() }
func (refusal) Unwrap() error { return ErrInvalidCredential }

// counts are the refusals that a process has not written yet. The zero value is ready for use.
type counts struct {
	mu      sync.Mutex
	pending map[tenant.Refusal]tally // by a Refusal without count and time
	flushed time.Time
}

type tally struct {
	count int64
	last  time.Time
}

// counted returns a function that counts a result if it is a refusal, and passes it on.
func (a *Authenticator) counted(ctx context.Context) func(Grant, error) (Grant, error) {
	return func(g Grant, err error) (Grant, error) {
		if refused, ok := errors.AsType[refusal](err); ok {
			a.countRefusal(ctx, g.Credential, refused.cause)
		}
		return g, err
	}
}

// countRefusal counts a refusal, and writes all counts unless others were written just now. Whether
// it writes does not depend on the credential, so that the time of an answer does not tell whether
// a key id exists. A failure is logged only.
func (a *Authenticator) countRefusal(ctx context.Context, c tenant.Credential, cause tenant.RefusalCause) {
	now := a.Now()
	key := tenant.Refusal{Tenant: c.Tenant, Credential: c.KeyID, Cause: cause, Hour: now.UTC().Truncate(time.Hour)}
	due := a.refusals.add(key, tally{1, now}, now)
	if len(due) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	var writing sync.WaitGroup
	for key, n := range due {
		writing.Go(func() { a.writeRefusal(ctx, key, n) })
	}
	writing.Wait()
}

func (a *Authenticator) writeRefusal(ctx context.Context, r tenant.Refusal, n tally) {
	key := r
	r.Count, r.Last = n.count, n.last
	if err := a.Tenants.AddRefusal(ctx, r); err != nil {
		a.refusals.restore(key, n)
		a.Log.WarnContext(ctx, "refusals were not recorded", "count", n.count, "error", err.Error())
	}
}

// add adds to a count. It returns all counts if they are due to be written.
func (c *counts) add(key tenant.Refusal, n tally, now time.Time) (due map[tenant.Refusal]tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addLocked(key, n)
	if now.Sub(c.flushed) < flushInterval {
		return nil
	}
	due, c.pending, c.flushed = c.pending, nil, now
	return due
}

// restore adds a count that was not written.
func (c *counts) restore(key tenant.Refusal, n tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addLocked(key, n)
}

func (c *counts) addLocked(key tenant.Refusal, n tally) {
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
