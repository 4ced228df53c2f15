package table

import "context"

// deleteBatch is the number of items that DeleteRange reads at a time.
const deleteBatch = 1000

// DeleteRange deletes every item of a range, a batch at a time. Before an item goes,
// the items go whose keys first returns for it: an interrupted call finds them again
// through the item that leads to them. first may be nil. The error is ErrUnavailable.
func (db *DB) DeleteRange(ctx context.Context, q Query, first func(Item) []Key) error {
	q.Limit = deleteBatch
	for {
		items, _, err := db.Query(ctx, q)
		if err != nil || len(items) == 0 {
			return err
		}
		var leading, own []Write
		for _, item := range items {
			if first != nil {
				for _, key := range first(item) {
					leading = append(leading, Delete(key))
				}
			}
			own = append(own, Delete(Key{PK: item.Text("PK"), SK: item.Text("SK")}))
		}
		if err := db.WriteAll(ctx, leading); err != nil {
			return err
		}
		if err := db.WriteAll(ctx, own); err != nil {
			return err
		}
	}
}
