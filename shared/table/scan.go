package table

import (
	"context"
	"errors"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Segment is a part of the table that is scanned separately. Together, the segments
// 0 to Of-1 hold each item once.
type Segment struct {
	Number, Of int
	After      Key // the last key that was read; the zero value means none
}

// Page is a page of a scan, of at most 1 MB.
type Page struct {
	Items []Item
	Next  Key     // Segment.After of the next page; the zero value at the end
	Units float64 // read capacity units
}

// ScanPage reads a page of a segment with eventual consistency, which costs half of strong
// consistency. It is for operators' tools: no Lambda function has permission to scan.
func (db *DB) ScanPage(ctx context.Context, s Segment) (Page, error) {
	in := &dynamodb.ScanInput{
		TableName: &db.name, Segment: aws.Int32(int32(s.Number)), TotalSegments: aws.Int32(int32(s.Of)),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	}
	if s.After != (Key{}) {
		in.ExclusiveStartKey = encodeKey(s.After)
	}
	var out *pageOutput
	err := db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
		out, err = db.client.Scan(ctx, in)
		return err
	})
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: out.Items, Next: out.LastEvaluatedKey.Key()}
	if out.ConsumedCapacity != nil {
		countRead(ctx, *out.ConsumedCapacity)
		page.Units = aws.ToFloat64(out.ConsumedCapacity.CapacityUnits)
	}
	return page, nil
}

// Scan reads all items, one page after the other. It ends after the first error.
func (db *DB) Scan(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for s := (Segment{Of: 1}); ; {
			page, err := db.ScanPage(ctx, s)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if s.After = page.Next; s.After == (Key{}) {
				return
			}
		}
	}
}

// MaxSnapshot is the number of items that Snapshot reads.
const MaxSnapshot = 100

// Snapshot reads up to MaxSnapshot items as they are at one moment (TransactGetItems): it
// shows all writes of a transaction or none. It costs twice as much as GetAll. The
// result leaves out items that do not exist. No key may occur twice.
func (db *DB) Snapshot(ctx context.Context, keys []Key) (map[Key]Item, error) {
	in := &dynamodb.TransactGetItemsInput{ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}
	for _, key := range keys {
		get := &types.Get{TableName: &db.name, Key: encodeKey(key)}
		in.TransactItems = append(in.TransactItems, types.TransactGetItem{Get: get})
	}
	var out *dynamodb.TransactGetItemsOutput
	err := db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
		out, err = db.client.TransactGetItems(ctx, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	countRead(ctx, out.ConsumedCapacity...)
	found := map[Key]Item{}
	for i, response := range out.Responses {
		if item := decodeItem(response.Item); item != nil {
			found[keys[i]] = item
		}
	}
	return found, nil
}

// ErrNoTable reports that there is no table of that name in the account and Region.
var ErrNoTable = errors.New("table: there is no such table")

// Size is the size of the table as DynamoDB last counted it, up to six hours ago (API
// Reference, TableDescription). A table that has just been restored may count as empty.
type Size struct{ Items, Bytes int64 }

// Size reads the size of the table. The errors are ErrNoTable and ErrUnavailable.
func (db *DB) Size(ctx context.Context) (Size, error) {
	var out *dynamodb.DescribeTableOutput
	err := db.retry(ctx, func(ctx context.Context, _ outcome) (err error) {
		out, err = db.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &db.name})
		return err
	})
	if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
		return Size{}, ErrNoTable
	}
	if err != nil {
		return Size{}, err
	}
	return Size{aws.ToInt64(out.Table.ItemCount), aws.ToInt64(out.Table.TableSizeBytes)}, nil
}
