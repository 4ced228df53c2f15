package directory

import (
	"context"
	"time"
)

// TakeOperations counts n operations of a bulk request against the tenant's limit of
// requests: each counts for 1/perSecond of a second. If the operations counted before fill
// at most the next burst/perSecond seconds, it counts the new ones. Otherwise it counts
// nothing and returns how long to wait. So a tenant may send a bulk request larger than its
// burst, and waits longer before the next one. The errors are ErrContention and
// ErrUnavailable.
func (t *Tenant) TakeOperations(ctx context.Context, n, perSecond, burst int) (wait time.Duration, err error) {
	each := time.Second / time.Duration(perSecond)
	allowed := time.Duration(burst) * each
	paid, taken, err := t.takeRate(ctx, t.keys.bulkRate(), time.Duration(n)*each, allowed)
	if err != nil || taken {
		return 0, err
	}
	return paid.Sub(t.d.now()) - allowed, nil
}
