package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/schemas"
	"github.com/aws/smithy-go"
)

// The methods below are the operations of DynamoDB that the service uses, with the names
// and types of the SDK's client.

func (c *caller) GetItem(ctx context.Context, in *dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
	out := &dynamodb.GetItemOutput{}
	form := smithy.NewOperationSchema(schemas.GetItem, schemas.GetItemInput, schemas.GetItemOutput)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) BatchGetItem(
	ctx context.Context, in *dynamodb.BatchGetItemInput,
) (*dynamodb.BatchGetItemOutput, error) {
	out := &dynamodb.BatchGetItemOutput{}
	form := smithy.NewOperationSchema(schemas.BatchGetItem, schemas.BatchGetItemInput, schemas.BatchGetItemOutput)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) TransactGetItems(
	ctx context.Context, in *dynamodb.TransactGetItemsInput,
) (*dynamodb.TransactGetItemsOutput, error) {
	out := &dynamodb.TransactGetItemsOutput{}
	form := smithy.NewOperationSchema(
		schemas.TransactGetItems, schemas.TransactGetItemsInput, schemas.TransactGetItemsOutput,
	)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) Query(ctx context.Context, in *dynamodb.QueryInput) (*dynamodb.QueryOutput, error) {
	out := &dynamodb.QueryOutput{}
	form := smithy.NewOperationSchema(schemas.Query, schemas.QueryInput, schemas.QueryOutput)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) Scan(ctx context.Context, in *dynamodb.ScanInput) (*dynamodb.ScanOutput, error) {
	out := &dynamodb.ScanOutput{}
	form := smithy.NewOperationSchema(schemas.Scan, schemas.ScanInput, schemas.ScanOutput)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) PutItem(ctx context.Context, in *dynamodb.PutItemInput) (*dynamodb.PutItemOutput, error) {
	out := &dynamodb.PutItemOutput{}
	form := smithy.NewOperationSchema(schemas.PutItem, schemas.PutItemInput, schemas.PutItemOutput)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
	out := &dynamodb.UpdateItemOutput{}
	form := smithy.NewOperationSchema(schemas.UpdateItem, schemas.UpdateItemInput, schemas.UpdateItemOutput)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) DeleteItem(ctx context.Context, in *dynamodb.DeleteItemInput) (*dynamodb.DeleteItemOutput, error) {
	out := &dynamodb.DeleteItemOutput{}
	form := smithy.NewOperationSchema(schemas.DeleteItem, schemas.DeleteItemInput, schemas.DeleteItemOutput)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) BatchWriteItem(
	ctx context.Context, in *dynamodb.BatchWriteItemInput,
) (*dynamodb.BatchWriteItemOutput, error) {
	out := &dynamodb.BatchWriteItemOutput{}
	form := smithy.NewOperationSchema(
		schemas.BatchWriteItem, schemas.BatchWriteItemInput, schemas.BatchWriteItemOutput,
	)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) TransactWriteItems(
	ctx context.Context, in *dynamodb.TransactWriteItemsInput,
) (*dynamodb.TransactWriteItemsOutput, error) {
	out := &dynamodb.TransactWriteItemsOutput{}
	form := smithy.NewOperationSchema(
		schemas.TransactWriteItems, schemas.TransactWriteItemsInput, schemas.TransactWriteItemsOutput,
	)
	return out, c.call(ctx, form, in, out)
}

func (c *caller) DescribeTable(
	ctx context.Context, in *dynamodb.DescribeTableInput,
) (*dynamodb.DescribeTableOutput, error) {
	out := &dynamodb.DescribeTableOutput{}
	form := smithy.NewOperationSchema(schemas.DescribeTable, schemas.DescribeTableInput, schemas.DescribeTableOutput)
	return out, c.call(ctx, form, in, out)
}
