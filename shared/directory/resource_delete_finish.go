package directory

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// The bounds on the deletions of others that one call of a read finishes.
const (
	maxFinished = 8
	finishTime  = 2 * time.Second
)

// finishDeletions finishes the deletions, left unfinished by a crash or still under way,
// whose marks a read has met. The read leaves the resources out, so they must not be
// counted or listed as members afterwards. A deletion that can't be finished now is
// finished by the next request that meets it, or by function changes.
func (t *namespace) finishDeletions(ctx context.Context, k Kind, items ...table.Item) {
	marked := slices.DeleteFunc(slices.Clone(items), func(item table.Item) bool { return item == nil || exists(item) })
	if len(marked) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, finishTime)
	defer cancel()
	var work errgroup.Group
	for _, item := range marked[:min(len(marked), maxFinished)] {
		work.Go(func() (err error) {
			defer recoverTo(&err)
			return t.finishDeletion(ctx, k, item)
		})
	}
	_ = work.Wait() // best-effort: the answer is the same without it
}
