package table

import (
	"context"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Scan reads the whole table with strong consistency. It is for operators' tools: no
// function has the permission. It ends after the first error.
func (db *DB) Scan(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		in := &dynamodb.ScanInput{
			TableName: &db.name, ConsistentRead: aws.Bool(true),
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		}
		for more := true; more; more = len(in.ExclusiveStartKey) > 0 {
			var out *dynamodb.ScanOutput
			err := db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
				out, err = db.client.Scan(ctx, in)
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			countRead(ctx, *out.ConsumedCapacity)
			for _, m := range out.Items {
				if !yield(decodeItem(m), nil) {
					return
				}
			}
			in.ExclusiveStartKey = out.LastEvaluatedKey
		}
	}
}
