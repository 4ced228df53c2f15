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

// Get reads one item with strong consistency; nil where there is none.
func (db *DB) Get(ctx context.Context, key Key) (Item, error) {
	var out *dynamodb.GetItemOutput
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
	return decodeItem(out.Item), nil
}

// GetAll reads many items with strong consistency, a hundred a call. Items that
// do not exist are missing from the answer, whose order is not that of the keys.
// No key may occur twice.
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

// checkDeadline returns ErrUnavailable if the time of a context is over.
func checkDeadline(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
	return nil
}

// getBatch asks again for what DynamoDB left unprocessed, which it does under
// load or when the answer passes 16 MB.
func (db *DB) getBatch(ctx context.Context, keys []attributes) (items []Item, err error) {
	for len(keys) > 0 {
		var out *dynamodb.BatchGetItemOutput
		err := db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
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

// Query names a range of one partition, in the order of SK. Of From and To, which
// are in the range, either none or both are given.
type Query struct {
	PK       string
	From, To string
	After    string // the SK behind which to start; "" means at the first item
	Limit    int    // the most items to return; 0 means all
	Backward bool   // from the last item on
	Only     string // the attributes to return, separated by commas; "" means all
}

// Prefixed returns q for the keys that start with prefix.
func (q Query) Prefixed(prefix string) Query {
	q.From, q.To = prefix, prefix+Highest
	return q
}

// Highest comes behind every text of a key: no key holds it.
const Highest = "\U0010FFFF"

// Query reads a range with strong consistency. next is the SK behind which to
// go on, "" when the partition has no more items. DynamoDB answers in pages of
// at most 1 MB; Query reads on until a limit is met.
func (db *DB) Query(ctx context.Context, q Query) (items []Item, next string, err error) {
	err = db.Walk(ctx, q, func(some []Item, behind string) (bool, error) {
		items, next = append(items, some...), behind
		return q.Limit == 0 || len(items) < q.Limit, nil
	})
	if err != nil {
		return nil, "", err
	}
	return items, next, nil
}

// Walk calls f with what each call of DynamoDB returns of a range, at most 1 MB or
// the rest of a limit, and the SK behind which the next one starts, until that is
// "", the limit is met or f returns false. It holds the items of one call only.
func (db *DB) Walk(ctx context.Context, q Query, f func(items []Item, next string) (bool, error)) error {
	for have := 0; ; {
		out, err := db.queryPage(ctx, q, have)
		if err != nil {
			return err
		}
		items := make([]Item, len(out.Items))
		for i, m := range out.Items {
			items[i] = decodeItem(m)
		}
		have += len(items)
		next, _ := decode(out.LastEvaluatedKey["SK"]).(string)
		more, err := f(items, next)
		if !more || err != nil || next == "" || q.Limit > 0 && have >= q.Limit {
			return err
		}
		q.After = next
	}
}

func (db *DB) queryPage(ctx context.Context, q Query, have int) (out *dynamodb.QueryOutput, err error) {
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
