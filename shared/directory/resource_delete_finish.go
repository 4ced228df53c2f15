package directory

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// The limits on the deletions that one read finishes.
const (
	maxFinished = 8
	finishTime  = 2 * time.Second
)

// finishDeletions finishes unfinished deletions whose marks a read has found. The read leaves
// these resources out, so later requests must not count them or list them as members. A
// deletion that can't be finished now is finished by the next request that finds it, or by
// function changes.
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
