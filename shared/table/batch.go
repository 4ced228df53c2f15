package table

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// maxBatchWrite is the number of writes BatchWriteItem takes.
const maxBatchWrite = 25

// WriteAll carries out puts and deletes without conditions. Each write is atomic, but all
// of them together are not: after an error some are done and others are not. Their order
// is undefined. No key may occur twice. It costs half as much as a transaction. The error
// is ErrUnavailable.
func (db *DB) WriteAll(ctx context.Context, writes []Write) error {
	return db.writeAll(ctx, writes, false)
}

// ErrLostAnswer reports that a call got no answer. It may still be carried out later.
var ErrLostAnswer = errors.New("table: a call got no answer")

// WriteAllOnce is WriteAll, except that it does not repeat a call that got no answer. If it
// succeeds, all writes have been carried out, and none can arrive late and undo a later
// write. The errors are ErrLostAnswer and ErrUnavailable; after both, some writes may still
// be carried out.
func (db *DB) WriteAllOnce(ctx context.Context, writes []Write) error {
	return asConditionFailed(db.writeAll(ctx, writes, true))
}

// writeAll sends writes in batches. With once, it does not repeat a call that got no answer.
func (db *DB) writeAll(ctx context.Context, writes []Write, once bool) error {
	return inBatches(ctx, writes, maxBatchWrite, func(ctx context.Context, batch []Write) error {
		return db.writeBatch(ctx, requests(batch), once)
	})
}

// parallel bounds the calls of one request that run at the same time.
const parallel = 8

// inBatches calls f for each batch of a list, several at the same time, until one fails.
func inBatches[T any](ctx context.Context, list []T, size int, f func(context.Context, []T) error) error {
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(parallel)
	for batch := range slices.Chunk(list, size) {
		if within.Err() != nil {
			break
		}
		work.Go(func() error { return f(within, batch) })
	}
	if err := work.Wait(); err != nil {
		return err
	}
	return checkDeadline(ctx)
}

func requests(writes []Write) []types.WriteRequest {
	all := make([]types.WriteRequest, len(writes))
	for i, w := range writes {
		if w.op == put {
			all[i].PutRequest = &types.PutRequest{Item: encodeItem(w.Key, w.Set)}
		} else {
			all[i].DeleteRequest = &types.DeleteRequest{Key: encodeKey(w.Key)}
		}
	}
	return all
}

// writeBatch sends a batch, and sends again what DynamoDB returns as unprocessed, which
// happens under load.
func (db *DB) writeBatch(ctx context.Context, left []types.WriteRequest, once bool) error {
	for n := 0; len(left) > 0; n++ {
		if n > 0 && !Pause(ctx, n) {
			return ErrUnavailable
		}
		var out *dynamodb.BatchWriteItemOutput
		err := db.retry(ctx, func(ctx context.Context, before outcome) (err error) {
			if once && before == unknown {
				return abandoned{ErrLostAnswer}
			}
			out, err = db.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
				RequestItems:           map[string][]types.WriteRequest{db.name: left},
				ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			})
			return err
		})
		if err != nil {
			return err
		}
		countWrite(ctx, out.ConsumedCapacity...)
		left = out.UnprocessedItems[db.name]
	}
	return nil
}
