package outbox

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// StartAt gives an empty feed the state of a feed whose first events have all expired.
func (f Feed) StartAt(ctx context.Context, sequence int64, at time.Time) error {
	return f.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(f.headKey(), head{sequence: sequence, at: at}.item())
	})
}

// UpdateHead sets attributes of the item that holds the position of the feed.
func (f Feed) UpdateHead(ctx context.Context, attributes table.Item) error {
	return f.db.Write(ctx, func(table.Stamp) table.Write { return table.Update(f.headKey(), attributes) })
}
