package directory

import (
	"context"

	"scimserver/shared/table"
)

// drop removes all items of a range, a batch at a time, and what first names of each
// before them: items that only they lead to, should this be interrupted. first may be
// nil.
func (d *Directory) drop(ctx context.Context, q table.Query, first func(table.Item) []table.Key) error {
	q.Limit = edgeBatch
	for {
		items, _, err := d.db.Query(ctx, q)
		if err != nil || len(items) == 0 {
			return err
		}
		var leading, own []table.Write
		for _, item := range items {
			if first != nil {
				for _, key := range first(item) {
					leading = append(leading, table.Delete(key))
				}
			}
			own = append(own, table.Delete(table.Key{PK: item.Text("PK"), SK: item.Text("SK")}))
		}
		if err := d.db.WriteAll(ctx, leading); err != nil {
			return err
		}
		if err := d.db.WriteAll(ctx, own); err != nil {
			return err
		}
	}
}
