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
		return t.countOperations(ctx, item, begin.Add(time.Duration(n)*each))
	})
	return wait, err
}

// countOperations stores the time until which a tenant's operations are counted, unless
// another request has stored it since item was read.
func (t *namespace) countOperations(ctx context.Context, item table.Item, until time.Time) error {
	condition, values := "attribute_not_exists(PK)", table.Item{}
	if item != nil {
		condition, values = "#until = :old", table.Item{"old": item.Int("until")}
	}
	write := table.Put(t.keys.bulkRate(), table.Item{
		"until": until.UnixMilli(), "expires": until.Add(time.Hour).Unix(),
	}).WithCondition(condition, values)
	err := t.d.db.Write(ctx, func(table.Stamp) table.Write { return write })
	if table.FailedConditions(err) != nil {
		return table.ErrItemChanged
	}
	return err
}
