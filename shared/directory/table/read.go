package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// maxBatch is the number of items BatchGetItem takes.
const maxBatch = 100

// Get reads one item with strong consistency; nil where there is none.
func (db *DB) Get(ctx context.Context, key Key) (Item, error) {
	var out *dynamodb.GetItemOutput
	err := db.retry(ctx, func(ctx context.Context, _ verdict) (err error) {
		out, err = db.client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName:              &db.name,
			Key:                    encodeKey(key),
			ConsistentRead:         aws.Bool(true),
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	if out.ConsumedCapacity != nil {
		countRead(ctx, *out.ConsumedCapacity)
	}
	return decodeItem(out.Item), nil
}

// GetAll reads many items with strong consistency. Items that do not exist are
// missing from the answer, whose order is not that of the keys.
func (db *DB) GetAll(ctx context.Context, keys []Key) ([]Item, error) {
	var items []Item
	for len(keys) > 0 {
		n := min(len(keys), maxBatch)
		batch := make([]map[string]types.AttributeValue, n)
		for i, key := range keys[:n] {
			batch[i] = encodeKey(key)
		}
		keys = keys[n:]
		read, err := db.getBatch(ctx, batch)
		if err != nil {
			return nil, err
		}
		items = append(items, read...)
	}
	return items, nil
}

// getBatch asks again for what DynamoDB left unprocessed, which it does under
// load or when the answer passes 16 MB.
func (db *DB) getBatch(ctx context.Context, keys []map[string]types.AttributeValue) (items []Item, err error) {
	for len(keys) > 0 {
		var out *dynamodb.BatchGetItemOutput
		err := db.retry(ctx, func(ctx context.Context, _ verdict) (err error) {
			out, err = db.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
				RequestItems:           map[string]types.KeysAndAttributes{db.name: {Keys: keys, ConsistentRead: aws.Bool(true)}},
				ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			})
			return err
		})
		if err != nil {
			return nil, err
		}
		countRead(ctx, out.ConsumedCapacity...)
		for _, item := range out.Responses[db.name] {
			items = append(items, decodeItem(item))
		}
		left := out.UnprocessedKeys[db.name].Keys
		if len(left) == len(keys) && !Pause(ctx, 1) {
			return nil, ErrUnavailable
		}
		keys = left
	}
	return items, nil
}

// Query names a range of one partition, in the order of SK.
type Query struct {
	PK    string
	After string // the SK behind which to start; "" means at the first item
	Limit int    // the most items to return; 0 means all
}

// Query reads a range with strong consistency. next is the SK behind which to
// go on, "" when the partition has no more items. DynamoDB answers in pages of
// at most 1 MB; Query reads on until a limit is met.
func (db *DB) Query(ctx context.Context, q Query) (items []Item, next string, err error) {
	for {
		out, err := db.queryPage(ctx, q, len(items))
		if err != nil {
			return nil, "", err
		}
		for _, m := range out.Items {
			items = append(items, decodeItem(m))
		}
		next, _ = decode(out.LastEvaluatedKey["SK"]).(string)
		if next == "" || q.Limit > 0 && len(items) >= q.Limit {
			return items, next, nil
		}
		q.After = next
	}
}

func (db *DB) queryPage(ctx context.Context, q Query, have int) (out *dynamodb.QueryOutput, err error) {
	in := &dynamodb.QueryInput{
		TableName:                 &db.name,
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": encode(q.PK)},
		ConsistentRead:            aws.Bool(true),
		ReturnConsumedCapacity:    types.ReturnConsumedCapacityTotal,
	}
	if q.After != "" {
		in.ExclusiveStartKey = encodeKey(Key{q.PK, q.After})
	}
	if q.Limit > 0 {
		in.Limit = aws.Int32(int32(q.Limit - have))
	}
	err = db.retry(ctx, func(ctx context.Context, _ verdict) (err error) {
		out, err = db.client.Query(ctx, in)
		return err
	})
	if err == nil && out.ConsumedCapacity != nil {
		countRead(ctx, *out.ConsumedCapacity)
	}
	return out, err
}
