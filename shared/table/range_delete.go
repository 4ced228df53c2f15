package table

import "context"

// deleteBatch is the number of items that DeleteRange reads at a time.
const deleteBatch = 1000

// DeleteRange deletes every item of a range, a batch at a time. The items whose keys first
// returns for an item are deleted before that item: if the call is interrupted, the next
// one finds them through it. first may be nil. The error is ErrUnavailable.
func (db *DB) DeleteRange(ctx context.Context, q Query, first func(Item) []Key) error {
	q.Limit = deleteBatch
	for {
		items, _, err := db.Query(ctx, q)
		if err != nil || len(items) == 0 {
			return err
		}
		var dependent, own []Write
		for _, item := range items {
			if first != nil {
				for _, key := range first(item) {
					dependent = append(dependent, Delete(key))
				}
			}
			own = append(own, Delete(item.Key()))
		}
		if err := db.WriteAll(ctx, dependent); err != nil {
			return err
		}
		if err := db.WriteAll(ctx, own); err != nil {
			return err
		}
	}
}
