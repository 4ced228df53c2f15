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

// declaration has the properties of AWS::DynamoDB::Table that affect how a table answers,
// without backups, encryption and protection.
type declaration struct {
	AttributeDefinitions    []types.AttributeDefinition
	KeySchema               []types.KeySchemaElement
	BillingMode             types.BillingMode
	GlobalSecondaryIndexes  []types.GlobalSecondaryIndex
	StreamSpecification     *types.StreamSpecification
	TimeToLiveSpecification *types.TimeToLiveSpecification
}

// Tables returns the tables of a template.
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
		if view := t.view(); t.Streamed() && view != types.StreamViewTypeNewImage &&
			view != types.StreamViewTypeNewAndOldImages {
			return nil, r.Errorf("the local stack does not know the stream view %q: only new images are shown", view)
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

// Keys returns the names of the key attributes.
func (t *Table) Keys() []string {
	var all []string
	for _, k := range t.declared.KeySchema {
		all = append(all, aws.ToString(k.AttributeName))
	}
	return all
}

// Streamed reports whether the table is declared with a stream.
func (t *Table) Streamed() bool { return t.declared.StreamSpecification != nil }

func (t *Table) view() types.StreamViewType {
	if !t.Streamed() {
		return ""
	}
	return t.declared.StreamSpecification.StreamViewType
}

// Create creates the table if it does not exist, and waits until it is active.
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

// createInput omits the stream, which package journal replaces.
func (t *Table) createInput() *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName:              &t.Name,
		AttributeDefinitions:   t.declared.AttributeDefinitions,
		KeySchema:              t.declared.KeySchema,
		BillingMode:            t.declared.BillingMode,
		GlobalSecondaryIndexes: t.declared.GlobalSecondaryIndexes,
	}
}
