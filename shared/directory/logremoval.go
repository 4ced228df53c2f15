package directory

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory/table"
)

// dropLog removes the provisioning log, all days of it: entries outlive their end by
// the days that DynamoDB takes to remove them.
func (t *Tenant) dropLog(ctx context.Context, created time.Time) error {
	const late = 7 * day
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(sweepParallel)
	now := t.d.now()
	for at := now; at.After(now.Add(-LogLife-late)) && at.After(created.Add(-2*day)) && within.Err() == nil; at = at.Add(-day) {
		for _, pk := range t.logPKs(at) {
			work.Go(func() error { return t.drop(within, pk) })
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// drop removes all items of a partition.
func (t *Tenant) drop(ctx context.Context, pk string) error {
	for {
		items, _, err := t.d.db.Query(ctx, table.Query{PK: pk, Limit: edgeBatch, Only: "PK, SK"})
		if err != nil || len(items) == 0 {
			return err
		}
		writes := make([]table.Write, len(items))
		for i, item := range items {
			writes[i] = table.Delete(table.Key{PK: pk, SK: item.Text("SK")})
		}
		if err := t.d.db.WriteAll(ctx, writes); err != nil {
			return err
		}
	}
}
