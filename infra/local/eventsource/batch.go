package eventsource

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"scimserver/infra/local/lambda"
)

// maxBatch is less than Lambda takes in an event, by room for what is around the records.
const maxBatch = lambda.MaxRequest - 1<<10

// batcher gathers the records of a shard that pass the filters.
type batcher struct {
	*follower
	shard string

	batch []record
	bytes int
	since time.Time // the first record of the batch was read
	read  string    // sequence number of the last record that was read
}

// add takes records in and hands on every batch that is full.
func (b *batcher) add(ctx context.Context, records []types.Record) error {
	for _, r := range records {
		one, err := b.record(r)
		if err != nil {
			return err
		}
		ok, err := passes(b.filters, one.json)
		if err != nil {
			return err
		}
		if ok && b.bytes+len(one.json) > maxBatch {
			b.hand(ctx)
		}
		b.read = one.sequence
		if ok {
			b.take(one)
		}
		if len(b.batch) == b.properties.BatchSize {
			b.hand(ctx)
		}
	}
	return nil
}

func (b *batcher) take(r record) {
	if len(b.batch) == 0 {
		b.since = time.Now()
	}
	b.batch = append(b.batch, r)
	b.bytes += len(r.json) + 1 // and a comma
}

// flush hands on what is there when its window is over, or at once.
func (b *batcher) flush(ctx context.Context, now bool) {
	window := time.Duration(b.properties.MaximumBatchingWindowInSeconds) * time.Second
	if now || len(b.batch) == 0 || time.Since(b.since) >= window {
		b.hand(ctx)
	}
}

// hand has the batch worked off and remembers how far the shard is done with.
func (b *batcher) hand(ctx context.Context) {
	b.deliver(ctx, b.batch, 0)
	if ctx.Err() == nil && b.read != "" {
		b.place.set(b.shard, b.read)
	}
	b.batch, b.bytes = nil, 0
}
