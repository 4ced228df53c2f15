package directory

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// sweepTime is how long a sweep may work on a work item: longer than function changes may
// run (template.yaml). The schedule invokes it every minute, so a longer sweep overlaps
// with the next one.
const sweepTime = 6 * time.Minute

// reserve reserves a recorded work item for this sweep, for sweepTime. It reports false if
// another sweep has reserved or finished it.
func (d *Directory) reserve(ctx context.Context, w workItem) (bool, error) {
	now := d.now()
	err := d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(w.noteKey(), table.Item{"until": now.Add(sweepTime).Unix()}).WithCondition(
			"attribute_exists(PK) AND (attribute_not_exists(#until) OR #until <= :now)", table.Item{"now": now.Unix()})
	})
	refusal := table.FailedConditions(err)
	return err == nil, ignoreConditionFailed(err, refusal)
}

// unreserve lets the next sweep retry a work item that this sweep could not finish. If it
// fails, the reservation expires.
func (d *Directory) unreserve(ctx context.Context, w workItem) {
	_ = d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(w.noteKey(), nil).Dropping("until").WithCondition("attribute_exists(PK)", nil)
	})
}
