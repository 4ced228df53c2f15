package fault_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is a table and a client whose calls go through the transport under test.
type bench struct {
	db    *dynamodb.Client
	table string
}

// newBench allows the SDK this many attempts: 1 shows a fault as it is, more how the SDK takes it.
func newBench(t *testing.T, transport http.RoundTripper, attempts int) bench {
	t.Helper()
	return bench{table: testkit.Table(t), db: testkit.Client(t, func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: transport}
		o.RetryMaxAttempts = attempts
	})}
}

func key(pk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"PK": &types.AttributeValueMemberS{Value: pk}, "SK": &types.AttributeValueMemberS{Value: "x"},
	}
}

// increment adds one to the counters in one transaction, in the given order.
func (b bench) increment(ctx context.Context, token *string, pks ...string) error {
	in := &dynamodb.TransactWriteItemsInput{ClientRequestToken: token}
	for _, pk := range pks {
		in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Update: &types.Update{
			TableName: &b.table, Key: key(pk), UpdateExpression: aws.String("ADD n :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":one": &types.AttributeValueMemberN{Value: "1"},
			},
		}})
	}
	_, err := b.db.TransactWriteItems(ctx, in)
	return err
}

// put writes a plain item that must not exist yet.
func (b bench) put(ctx context.Context, pk string) error {
	_, err := b.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &b.table, Item: key(pk), ConditionExpression: aws.String("attribute_not_exists(PK)"),
	})
	return err
}

// count reads a counter without the transport under test; 0 if it does not exist.
func (b bench) count(t *testing.T, pk string) int {
	t.Helper()
	out, err := testkit.Client(t).GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &b.table, Key: key(pk), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	n, ok := out.Item["n"].(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}
	value, err := strconv.Atoi(n.Value)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func (b bench) exists(t *testing.T, pk string) bool {
	t.Helper()
	out, err := testkit.Client(t).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &b.table, Key: key(pk)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item != nil
}

// reasons are the codes of a cancelled transaction; nil for any other error.
func reasons(err error) []string {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return nil
	}
	var codes []string
	for _, r := range cancelled.CancellationReasons {
		codes = append(codes, *r.Code)
	}
	return codes
}

func always(d time.Duration) func() time.Duration { return func() time.Duration { return d } }
