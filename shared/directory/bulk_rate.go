package directory

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// TakeOperations counts n operations of a bulk request against the tenant's limit of
// requests, if the operations counted before are done within burst/perSecond. Otherwise it
// counts nothing and returns how long to wait. So a tenant may send a bulk request larger
// than its burst, and waits longer before the next one. The errors are ErrContention and
// ErrUnavailable.
func (t *Tenant) TakeOperations(ctx context.Context, n, perSecond, burst int) (wait time.Duration, err error) {
	each := time.Second / time.Duration(perSecond)
	err = table.RetryIfChanged(ctx, func() error {
		item, err := t.d.db.Get(ctx, t.keys.bulkRate())
		if err != nil {
			return err
		}
		now, old := t.d.now(), item.Int("until")
		begin := time.UnixMilli(max(old, now.UnixMilli()))
		if wait = begin.Sub(now) - time.Duration(burst)*each; wait > 0 {
			return nil
		}
		wait = 0
		until := begin.Add(time.Duration(n) * each)
		count := table.Item{"until": until.UnixMilli(), "expires": until.Add(time.Hour).Unix()}
		return t.d.db.PutIfUnchanged(ctx, t.keys.bulkRate(), count, item, "until")
	})
	return wait, err
}
