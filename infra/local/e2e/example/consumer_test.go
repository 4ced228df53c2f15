package example_test

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/lambda"
)

// consumer: the Lambda function in infra/example/consumer-go gets the events of a tenant in
// random order, each of them twice. In the end its table has the users as they are, and
// nobody else has access.
func consumer(t *testing.T, x *traffic) {
	db := dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(x.Stack.EngineEndpoint()), Region: x.Stack.Region(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	users := x.Stack.TableName() + "-of-the-application"
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(users), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var log e2e.Log
	function := lambda.New(lambda.Config{
		Name: "consumer", Program: build(t, "./consumer-go"), Timeout: 30 * time.Second, MaxProcesses: 1, Log: &log,
		Env: []string{
			"USERS_TABLE=" + users, "AWS_ENDPOINT_URL_DYNAMODB=" + x.Stack.EngineEndpoint(),
			"AWS_REGION=" + x.Stack.Region(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		},
	})
	defer function.Stop()

	messages := x.messages("user.")
	for _, i := range append(x.random.Perm(len(messages)), x.random.Perm(len(messages))...) {
		if _, err := function.Invoke(t.Context(), messages[i]); err != nil {
			t.Fatalf("%v\n%s\n%s", err, messages[i], log.String())
		}
	}
	type access struct{ id, name string }
	var got, want []access
	out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(users), ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range out.Items {
		if item["active"].(*types.AttributeValueMemberBOOL).Value {
			got = append(got,
				access{item["id"].(*types.AttributeValueMemberS).Value,
					item["userName"].(*types.AttributeValueMemberS).Value})
		}
	}
	for _, u := range inDirectory(t, []*traffic{x}).Users {
		if u.Active {
			want = append(want, access{u.ID, u.UserName})
		}
	}
	slices.SortFunc(got, func(a, b access) int { return strings.Compare(a.id, b.id) })
	if diff := cmp.Diff(got, want, cmp.AllowUnexported(access{})); diff != "" || len(messages) == 0 {
		t.Errorf("%d messages; the table of the consumer and the directory (+) differ:\n%s", len(messages), diff)
	}
}

// messages reads the events of a subject and wraps them as EventBridge does.
func (x *traffic) messages(subject string) (all []json.RawMessage) {
	x.Helper()
	for after, head := int64(0), int64(1); after < head; {
		var page struct {
			Events     []json.RawMessage
			Last, Head int64
		}
		x.Operate("GET", x.path("/events?limit=500&after="+strconv.FormatInt(after, 10)), "", &page)
		for _, e := range page.Events {
			var kind struct{ Type string }
			if err := json.Unmarshal(e, &kind); err != nil {
				x.Fatal(err)
			}
			if !strings.HasPrefix(kind.Type, subject) {
				continue
			}
			message, err := json.Marshal(map[string]any{
				"version": "0", "id": "test", "source": "scim.scim-local", "detail-type": kind.Type, "detail": e,
			})
			if err != nil {
				x.Fatal(err)
			}
			all = append(all, message)
		}
		after, head = page.Last, page.Head
	}
	return all
}
