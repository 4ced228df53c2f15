package eventsource

import (
	"context"
	"time"

	"scimserver/infra/local/lambda"
)

// maxBatch is less than the maximum event of Lambda, to leave room for the JSON around the
// records.
const maxBatch = lambda.MaxRequest - 1<<10

// Run sends the accepted records to the function, in batches, until ctx ends.
func (m *Mapping) Run(ctx context.Context) {
	b := &batcher{Mapping: m}
	for ctx.Err() == nil {
		m.deliver(ctx, b.gather(ctx), 0)
	}
}

// batcher gathers records into batches.
type batcher struct {
	*Mapping
	held []record // at most one: the one that did not fit into the last batch
}

// gather returns a batch when it is full or its window is over, or nil when ctx ends.
func (b *batcher) gather(ctx context.Context) []record {
	first, ok := b.next(ctx)
	if !ok {
		return nil
	}
	batch, bytes := []record{first}, len(first.json)
	window, end := context.WithTimeout(ctx, time.Duration(b.properties.MaximumBatchingWindowInSeconds)*time.Second)
	defer end()
	for len(batch) < b.properties.BatchSize {
		r, ok := b.next(window)
		if !ok {
			return batch
		}
		if bytes += len(r.json) + 1; bytes > maxBatch { // and a comma
			b.held = []record{r}
			return batch
		}
		batch = append(batch, r)
	}
	return batch
}

func (b *batcher) next(ctx context.Context) (record, bool) {
	if len(b.held) > 0 {
		r := b.held[0]
		b.held = nil
		return r, true
	}
	return b.waiting.Next(ctx)
}
