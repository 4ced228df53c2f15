package table

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// maxBatchGet is the number of items BatchGetItem takes.
const maxBatchGet = 100

// Get reads one item with strong consistency. It returns nil if there is no such item.
func (db *DB) Get(ctx context.Context, key Key) (Item, error) {
	var out *itemOutput
	err := db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
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
	return out.Item, nil
}

// GetAll reads many items with strong consistency, a hundred per call. The result has no
// order, and leaves out items that do not exist. No key may occur twice.
func (db *DB) GetAll(ctx context.Context, keys []Key) ([]Item, error) {
	var mu sync.Mutex
	var items []Item
	err := inBatches(ctx, keys, maxBatchGet, func(ctx context.Context, batch []Key) error {
		encoded := make([]attributes, len(batch))
		for i, key := range batch {
			encoded[i] = encodeKey(key)
		}
		read, err := db.getBatch(ctx, encoded)
		mu.Lock()
		defer mu.Unlock()
		items = append(items, read...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// checkDeadline returns ErrUnavailable if a context has ended.
func checkDeadline(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
	return nil
}

// getBatch reads a batch, and asks again for the keys that DynamoDB returns as
// unprocessed, which happens under load and when the result exceeds 16 MB.
func (db *DB) getBatch(ctx context.Context, keys []attributes) (items []Item, err error) {
	for len(keys) > 0 {
		var out *dynamodb.BatchGetItemOutput
		err := db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
			out, err = db.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{
					db.name: {Keys: keys, ConsistentRead: aws.Bool(true)},
				},
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

// Query names a range of one partition, in the order of SK. From and To are given
// together or not at all; the range includes both.
type Query struct {
	PK       string
	From, To string
	After    string // start after this SK; "" means at the first item
	Limit    int    // the maximum number of items to return; 0 means no limit
	Backward bool   // in descending order
	Only     string // the attributes to return, separated by commas; "" means all
}

// Prefixed returns q with the range of the keys that start with prefix.
func (q Query) Prefixed(prefix string) Query {
	q.From, q.To = prefix, prefix+Highest
	return q
}

// Highest sorts after every other text in a key. No key contains it.
const Highest = "\U0010FFFF"

// Query reads a range with strong consistency. next is the value of After for the next
// call, "" when the partition has no more items. DynamoDB returns pages of at most 1 MB;
// Query reads as many as the limit takes.
func (db *DB) Query(ctx context.Context, q Query) (items []Item, next string, err error) {
	err = db.Walk(ctx, q, func(page []Item, after string) (bool, error) {
		items, next = append(items, page...), after
		return q.Limit == 0 || len(items) < q.Limit, nil
	})
	if err != nil {
		return nil, "", err
	}
	return items, next, nil
}

// Walk calls f with each page of a range, at most 1 MB, and the value of After for the
// next page. It ends when next is "", when the limit is reached, or when f returns false.
// It holds the items of one page only.
func (db *DB) Walk(ctx context.Context, q Query, f func(items []Item, next string) (bool, error)) error {
	for have := 0; ; {
		out, err := db.queryPage(ctx, q, have)
		if err != nil {
			return err
		}
		have += len(out.Items)
		next := out.LastEvaluatedKey.Text("SK")
		more, err := f(out.Items, next)
		if !more || err != nil || next == "" || q.Limit > 0 && have >= q.Limit {
			return err
		}
		q.After = next
	}
}

func (db *DB) queryPage(ctx context.Context, q Query, have int) (out *pageOutput, err error) {
	in := db.queryInput(q)
	if q.Limit > 0 {
		in.Limit = aws.Int32(int32(q.Limit - have))
	}
	err = db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
		out, err = db.client.Query(ctx, in)
		return err
	})
	if err == nil && out.ConsumedCapacity != nil {
		countRead(ctx, *out.ConsumedCapacity)
	}
	return out, err
}

func (db *DB) queryInput(q Query) *dynamodb.QueryInput {
	in := &dynamodb.QueryInput{
		TableName:                 &db.name,
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": encode(q.PK)},
		ConsistentRead:            aws.Bool(true),
		ReturnConsumedCapacity:    types.ReturnConsumedCapacityTotal,
	}
	if q.To != "" {
		in.KeyConditionExpression = aws.String("PK = :pk AND SK BETWEEN :from AND :to")
		in.ExpressionAttributeValues[":from"], in.ExpressionAttributeValues[":to"] = encode(q.From), encode(q.To)
	}
	if q.After != "" {
		in.ExclusiveStartKey = encodeKey(Key{q.PK, q.After})
	}
	if q.Backward {
		in.ScanIndexForward = aws.Bool(false)
	}
	if q.Only != "" {
		in.ProjectionExpression = &q.Only
	}
	return in
}
