package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/infra/local/template"
)

// Table is a table that the template declares.
type Table struct {
	Name string
	ARN  string

	declared declaration
}

// declaration is the part of AWS::DynamoDB::Table that decides how a table
// answers. Backups, encryption and protection are the service's.
type declaration struct {
	AttributeDefinitions    []types.AttributeDefinition
	KeySchema               []types.KeySchemaElement
	BillingMode             types.BillingMode
	GlobalSecondaryIndexes  []types.GlobalSecondaryIndex
	StreamSpecification     *types.StreamSpecification
	TimeToLiveSpecification *types.TimeToLiveSpecification
}

// Tables reads the tables of a template.
func Tables(s *template.Stack) ([]*Table, error) {
	var all []*Table
	for _, r := range s.OfType("AWS::DynamoDB::Table") {
		t := &Table{Name: r.PhysicalName, ARN: r.ARN}
		if err := r.Decode(&t.declared); err != nil {
			return nil, err
		}
		if t.partitionKey() == "" {
			return nil, r.Errorf("the key schema has no HASH key")
		}
		all = append(all, t)
	}
	return all, nil
}

func (t *Table) partitionKey() string {
	for _, k := range t.declared.KeySchema {
		if k.KeyType == types.KeyTypeHash {
			return aws.ToString(k.AttributeName)
		}
	}
	return ""
}

// Create makes the table unless it is there, and waits until it can be used.
func (t *Table) Create(ctx context.Context, db *dynamodb.Client) error {
	_, err := db.CreateTable(ctx, t.createInput())
	if errors.As(err, new(*types.ResourceInUseException)) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create the table %s: %w", t.Name, err)
	}
	waiter := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 50*time.Millisecond, 2*time.Second
	})
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name}, time.Minute); err != nil {
		return fmt.Errorf("wait for the table %s: %w", t.Name, err)
	}
	if t.declared.TimeToLiveSpecification == nil {
		return nil
	}
	_, err = db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &t.Name, TimeToLiveSpecification: t.declared.TimeToLiveSpecification,
	})
	return err
}

func (t *Table) createInput() *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:              &t.Name,
		AttributeDefinitions:   t.declared.AttributeDefinitions,
		KeySchema:              t.declared.KeySchema,
		BillingMode:            t.declared.BillingMode,
		GlobalSecondaryIndexes: t.declared.GlobalSecondaryIndexes,
	}
	if s := t.declared.StreamSpecification; s != nil {
		// CloudFormation has no StreamEnabled: to declare a stream is to enable it.
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: s.StreamViewType}
	}
	return in
}
