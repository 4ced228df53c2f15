package directory

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
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
			work.Go(func() error { return t.d.db.DeleteRange(within, table.Query{PK: pk, Only: "PK, SK"}, nil) })
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
