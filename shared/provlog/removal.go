package provlog

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// deleteParallel is the number of partitions whose entries are deleted in parallel.
const deleteParallel = 8

// Delete deletes all entries since a time, including expired ones that DynamoDB has not yet
// deleted. It is idempotent, and can be called again after an error.
func (l Log) Delete(ctx context.Context, now, since time.Time) error {
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(deleteParallel)
	work.Go(func() error { return l.db.DeleteRange(within, table.Query{PK: l.formerPK(), Only: "PK, SK"}, nil) })
	oldest := now.Add(-Retention - late)
	for at := now; at.After(oldest) && at.After(since.Add(-2*day)) && within.Err() == nil; at = at.Add(-day) {
		for _, pk := range l.partitions(at) {
			work.Go(func() error { return l.db.DeleteRange(within, table.Query{PK: pk, Only: "PK, SK"}, nil) })
		}
	}
	work.Go(func() error { return l.db.DeleteRange(within, table.Query{PK: l.daysPK(), Only: "PK, SK"}, nil) })
	if err := work.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
