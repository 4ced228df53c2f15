package dynamo

import (
	"encoding/json"
	"fmt"
	"regexp"

	"scimserver/infra/local/iam"
)

// The condition keys that a policy may use.
const (
	leadingKeys        = "dynamodb:LeadingKeys"
	enclosingOperation = "dynamodb:EnclosingOperation"
	// From statements about API Gateway's keys, which no call to DynamoDB matches.
	requestTag  = "aws:RequestTag/scim-stack"
	resourceTag = "aws:ResourceTag/scim-stack"
)

type attribute map[string]any // {"S": "text"}

func (a attribute) text() string {
	s, _ := a["S"].(string)
	return s
}

type attributes map[string]attribute

// operand holds the parts of a request, or of one of its members, that name the items.
type operand struct {
	TableName                 string
	IndexName                 string
	Key                       attributes
	Item                      attributes
	KeyConditionExpression    string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues attributes
}

type batchGet struct{ Keys []attributes }

type batchWrite []struct {
	PutRequest    *struct{ Item attributes }
	DeleteRequest *struct{ Key attributes }
}

// schema returns the ARN and the partition key of a table.
type schema struct {
	arnPrefix    string // up to and including "table/"
	partitionKey map[string]string
}

// accesses returns the IAM requests of a call. An unknown operation counts as the action
// of its name on its table.
func (s schema) accesses(operation string, body []byte) ([]iam.Request, error) {
	switch operation {
	case "BatchGetItem":
		return s.batchGets(body)
	case "BatchWriteItem":
		return s.batchWrites(body)
	case "TransactGetItems", "TransactWriteItems":
		return s.transaction(operation, body)
	}
	var o operand
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, err
	}
	a, err := s.single(operation, o)
	return []iam.Request{a}, err
}

func (s schema) single(action string, o operand) (iam.Request, error) {
	a := s.request(action, o.TableName)
	if o.IndexName != "" {
		a.Resource += "/index/" + o.IndexName
	}
	partitionKey := s.partitionKey[o.TableName]
	switch action {
	case "Query":
		key, err := o.queriedKey(partitionKey)
		a.Context[leadingKeys] = []string{key}
		return a, err
	case "PutItem":
		a.Context[leadingKeys] = []string{o.Item[partitionKey].text()}
	case "GetItem", "UpdateItem", "DeleteItem", "ConditionCheckItem":
		a.Context[leadingKeys] = []string{o.Key[partitionKey].text()}
	}
	return a, nil
}

var equality = regexp.MustCompile(`([#\w.-]+)\s*=\s*(:\w+)`)

// queriedKey returns the value of the partition key in a key condition.
func (o operand) queriedKey(partitionKey string) (string, error) {
	for _, m := range equality.FindAllStringSubmatch(o.KeyConditionExpression, -1) {
		name := m[1]
		if real, ok := o.ExpressionAttributeNames[name]; ok {
			name = real
		}
		if name == partitionKey || o.IndexName != "" {
			return o.ExpressionAttributeValues[m[2]].text(), nil
		}
	}
	return "", fmt.Errorf("no partition key in the key condition %q", o.KeyConditionExpression)
}

func (s schema) request(action, table string) iam.Request {
	return iam.Request{Action: "dynamodb:" + action, Resource: s.arnPrefix + table, Context: map[string][]string{}}
}

func (s schema) batchGets(body []byte) ([]iam.Request, error) {
	var in struct{ RequestItems map[string]batchGet }
	err := json.Unmarshal(body, &in)
	var all []iam.Request
	for table, batch := range in.RequestItems {
		a := s.request("BatchGetItem", table)
		for _, key := range batch.Keys {
			a.Context[leadingKeys] = append(a.Context[leadingKeys], key[s.partitionKey[table]].text())
		}
		all = append(all, a)
	}
	return all, err
}

func (s schema) batchWrites(body []byte) ([]iam.Request, error) {
	var in struct{ RequestItems map[string]batchWrite }
	err := json.Unmarshal(body, &in)
	var all []iam.Request
	for table, batch := range in.RequestItems {
		a := s.request("BatchWriteItem", table)
		for _, w := range batch {
			if w.PutRequest != nil {
				a.Context[leadingKeys] = append(a.Context[leadingKeys], w.PutRequest.Item[s.partitionKey[table]].text())
			}
			if w.DeleteRequest != nil {
				a.Context[leadingKeys] = append(
					a.Context[leadingKeys],
					w.DeleteRequest.Key[s.partitionKey[table]].text(),
				)
			}
		}
		all = append(all, a)
	}
	return all, err
}

// transaction returns the IAM requests of the members (Put, ConditionCheck, ...): IAM has
// no action for the transaction itself.
func (s schema) transaction(operation string, body []byte) ([]iam.Request, error) {
	var in struct{ TransactItems []map[string]*operand }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	var all []iam.Request
	for _, item := range in.TransactItems {
		for member, o := range item {
			if o == nil {
				continue
			}
			a, err := s.single(member+"Item", *o)
			if err != nil {
				return nil, err
			}
			a.Context[enclosingOperation] = []string{operation}
			all = append(all, a)
		}
	}
	return all, nil
}
