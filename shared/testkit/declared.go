package testkit

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.yaml.in/yaml/v3"
)

// tableProperties has the properties of AWS::DynamoDB::Table that affect how a table
// behaves, without names, backups and protection.
//
// The tables of tests have no time to live: DynamoDB Local deletes soon what has expired by the clock of
// the machine, but many tests have clocks of their own, and dates in the past.
type tableProperties struct {
	AttributeDefinitions []struct {
		AttributeName string `yaml:"AttributeName"`
		AttributeType string `yaml:"AttributeType"`
	} `yaml:"AttributeDefinitions"`
	KeySchema []struct {
		AttributeName string `yaml:"AttributeName"`
		KeyType       string `yaml:"KeyType"`
	} `yaml:"KeySchema"`
	BillingMode         string `yaml:"BillingMode"`
	StreamSpecification *struct {
		StreamViewType string `yaml:"StreamViewType"`
	} `yaml:"StreamSpecification"`
	TimeToLiveSpecification *struct {
		AttributeName string `yaml:"AttributeName"`
		Enabled       bool   `yaml:"Enabled"`
	} `yaml:"TimeToLiveSpecification"`
	GlobalSecondaryIndexes []yaml.Node `yaml:"GlobalSecondaryIndexes"`
	LocalSecondaryIndexes  []yaml.Node `yaml:"LocalSecondaryIndexes"`
}

// declaredTable returns the only table in a CloudFormation template.
func declaredTable(file string) (*tableProperties, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the table's declaration: %w", err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string    `yaml:"Type"`
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(data, &template); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var tables []yaml.Node
	for _, r := range template.Resources {
		if r.Type == "AWS::DynamoDB::Table" {
			tables = append(tables, r.Properties)
		}
	}
	if len(tables) != 1 {
		return nil, fmt.Errorf("%s declares %d tables, want one", file, len(tables))
	}
	return decodeTable(file, &tables[0])
}

func decodeTable(file string, node *yaml.Node) (*tableProperties, error) {
	var p tableProperties
	if err := node.Decode(&p); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(p.GlobalSecondaryIndexes)+len(p.LocalSecondaryIndexes) > 0 {
		return nil, fmt.Errorf("%s declares an index, which the test tables do not have", file)
	}
	return &p, nil
}

// streamInput returns the stream of a table, nil if it has none.
func (p *tableProperties) streamInput() *types.StreamSpecification {
	if p.StreamSpecification == nil {
		return nil
	}
	return &types.StreamSpecification{
		StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewType(p.StreamSpecification.StreamViewType),
	}
}

// createInput omits the stream: few tests read it, and with a stream writes to DynamoDB Local
// take two to four times as long.
func (p *tableProperties) createInput(name string) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingMode(p.BillingMode)}
	for _, a := range p.AttributeDefinitions {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(a.AttributeName), AttributeType: types.ScalarAttributeType(a.AttributeType),
		})
	}
	for _, k := range p.KeySchema {
		in.KeySchema = append(in.KeySchema, types.KeySchemaElement{
			AttributeName: aws.String(k.AttributeName), KeyType: types.KeyType(k.KeyType),
		})
	}
	return in
}

func await(ctx context.Context, db *dynamodb.Client, name string) error {
	return dynamodb.NewTableExistsWaiter(db).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, time.Minute)
}
