package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/schemas"
	"github.com/aws/smithy-go"
)

// output is a pointer to the output of an operation.
type output[O any] interface {
	*O
	smithy.Deserializable
}

// send sends a call and returns its output. The schemas are those of the operation, of its input and of
// its output.
func send[O any, P output[O]](
	ctx context.Context, c *caller, in smithy.Serializable, operation, input, result *smithy.Schema,
) (*O, error) {
	out := new(O)
	return out, c.call(ctx, smithy.NewOperationSchema(operation, input, result), in, P(out))
}

// The methods below are the operations of DynamoDB that the service uses, with the names and types of the SDK's
// client, but for the outputs that hold Item.

func (c *caller) GetItem(ctx context.Context, in *dynamodb.GetItemInput) (*itemOutput, error) {
	return send[itemOutput](ctx, c, in, schemas.GetItem, schemas.GetItemInput, schemas.GetItemOutput)
}

func (c *caller) BatchGetItem(
	ctx context.Context, in *dynamodb.BatchGetItemInput,
) (*dynamodb.BatchGetItemOutput, error) {
	return send[dynamodb.BatchGetItemOutput](
		ctx, c, in, schemas.BatchGetItem, schemas.BatchGetItemInput, schemas.BatchGetItemOutput,
	)
}

func (c *caller) TransactGetItems(
	ctx context.Context, in *dynamodb.TransactGetItemsInput,
) (*dynamodb.TransactGetItemsOutput, error) {
	return send[dynamodb.TransactGetItemsOutput](
		ctx, c, in, schemas.TransactGetItems, schemas.TransactGetItemsInput, schemas.TransactGetItemsOutput,
	)
}

func (c *caller) Query(ctx context.Context, in *dynamodb.QueryInput) (*pageOutput, error) {
	return send[pageOutput](ctx, c, in, schemas.Query, schemas.QueryInput, schemas.QueryOutput)
}

func (c *caller) Scan(ctx context.Context, in *dynamodb.ScanInput) (*pageOutput, error) {
	return send[pageOutput](ctx, c, in, schemas.Scan, schemas.ScanInput, schemas.ScanOutput)
}

func (c *caller) PutItem(ctx context.Context, in *dynamodb.PutItemInput) (*dynamodb.PutItemOutput, error) {
	return send[dynamodb.PutItemOutput](ctx, c, in, schemas.PutItem, schemas.PutItemInput, schemas.PutItemOutput)
}

func (c *caller) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
	return send[dynamodb.UpdateItemOutput](
		ctx, c, in, schemas.UpdateItem, schemas.UpdateItemInput, schemas.UpdateItemOutput,
	)
}

func (c *caller) DeleteItem(ctx context.Context, in *dynamodb.DeleteItemInput) (*dynamodb.DeleteItemOutput, error) {
	return send[dynamodb.DeleteItemOutput](
		ctx, c, in, schemas.DeleteItem, schemas.DeleteItemInput, schemas.DeleteItemOutput,
	)
}

func (c *caller) BatchWriteItem(
	ctx context.Context, in *dynamodb.BatchWriteItemInput,
) (*dynamodb.BatchWriteItemOutput, error) {
	return send[dynamodb.BatchWriteItemOutput](
		ctx, c, in, schemas.BatchWriteItem, schemas.BatchWriteItemInput, schemas.BatchWriteItemOutput,
	)
}

func (c *caller) TransactWriteItems(
	ctx context.Context, in *dynamodb.TransactWriteItemsInput,
) (*dynamodb.TransactWriteItemsOutput, error) {
	return send[dynamodb.TransactWriteItemsOutput](
		ctx, c, in, schemas.TransactWriteItems, schemas.TransactWriteItemsInput, schemas.TransactWriteItemsOutput,
	)
}

func (c *caller) DescribeTable(
	ctx context.Context, in *dynamodb.DescribeTableInput,
) (*dynamodb.DescribeTableOutput, error) {
	return send[dynamodb.DescribeTableOutput](
		ctx, c, in, schemas.DescribeTable, schemas.DescribeTableInput, schemas.DescribeTableOutput,
	)
}
