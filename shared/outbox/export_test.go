package outbox

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// StartAt makes a feed that has that many events behind it, which have expired.
func (f Feed) StartAt(ctx context.Context, sequence int64, at time.Time) error {
	return f.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(f.headKey(), head{sequence: sequence, at: at}.item())
	})
}
