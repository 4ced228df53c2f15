package provlog

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// deleteParallel is the number of partitions that are emptied at a time.
const deleteParallel = 8

// Delete removes all entries since a time. Entries outlive their expiry by the days that
// DynamoDB takes to remove them, and are removed as well. It may be called again after
// an error.
func (l Log) Delete(ctx context.Context, now, since time.Time) error {
	const late = 7 * day
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(deleteParallel)
	for at := now; at.After(now.Add(-Retention-late)) && at.After(since.Add(-2*day)) && within.Err() == nil; at = at.Add(-day) {
		for _, pk := range l.partitions(at) {
			work.Go(func() error { return l.db.DeleteRange(within, table.Query{PK: pk, Only: "PK, SK"}, nil) })
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
