package directory

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// takeRate charges a rate limit. cost is how long it takes to pay for the charge. If
// paying for the earlier charges takes longer than burst, takeRate refuses. It returns
// when all accepted charges will be paid for, and whether it accepted this one. One item
// holds a limit: it says when the charges will be paid for, and expires an hour later. The
// errors are ErrContention and ErrUnavailable.
func (t *namespace) takeRate(
	ctx context.Context, key table.Key, cost, burst time.Duration,
) (paid time.Time, taken bool, err error) {
	err = table.RetryIfChanged(ctx, func() error {
		item, err := t.d.db.Get(ctx, key)
		if err != nil {
			return err
		}
		now := t.d.now()
		paid = time.UnixMilli(max(item.Int("until"), now.UnixMilli()))
		if taken = paid.Sub(now) <= burst; !taken {
			return nil
		}
		paid = paid.Add(cost)
		debt := table.Item{"until": paid.UnixMilli(), "expires": paid.Add(time.Hour).Unix()}
		return t.d.db.PutIfUnchanged(ctx, key, debt, item, "until")
	})
	return paid, taken && err == nil, err
}
