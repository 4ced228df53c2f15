package table

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// maxBatchWrite is the number of writes BatchWriteItem takes.
const maxBatchWrite = 25

// WriteAll carries out puts and deletes without conditions, in no order and not
// as one: each is whole, but after an error some are done and others not. No key
// may occur twice. It costs half of a transaction. The error is ErrUnavailable.
func (db *DB) WriteAll(ctx context.Context, writes []Write) error {
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(parallel)
	for batch := range slices.Chunk(writes, maxBatchWrite) {
		if within.Err() != nil {
			break
		}
		work.Go(func() error { return db.writeBatch(within, requests(batch)) })
	}
	if err := work.Wait(); err != nil {
		return err
	}
	return ended(ctx)
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

// writeBatch asks again for what DynamoDB left unprocessed, which it does under
// load.
func (db *DB) writeBatch(ctx context.Context, left []types.WriteRequest) error {
	for n := 0; len(left) > 0; n++ {
		if n > 0 && !Pause(ctx, n) {
			return ErrUnavailable
		}
		var out *dynamodb.BatchWriteItemOutput
		err := db.retry(ctx, func(ctx context.Context, _ verdict) (err error) {
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
