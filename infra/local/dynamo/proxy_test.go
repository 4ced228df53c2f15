package dynamo_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"scimserver/infra/local/dynamo"
	"scimserver/infra/local/template"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// declared is the storage template of the project, as a stack of its own name.
func declared(t *testing.T, name string) []*dynamo.Table {
	t.Helper()
	file := filepath.Join(testkit.ModuleRoot(t), "infra", "storage.yaml")
	deployment := template.Deployment{StackName: name, Region: "eu-central-1", AccountID: "000000000000"}
	s, err := template.Load(file, deployment)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := dynamo.Tables(s)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestTheTableIsTheDeclaredOne(t *testing.T) {
	db, table := testkit.Client(t), declared(t, "declared")[0]
	for range 2 { // to create it again is no error
		if err := table.Create(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	got, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table.Name})
	if err != nil {
		t.Fatal(err)
	}
	if got.Table.StreamSpecification != nil || !table.Streamed() {
		t.Errorf("the engine's stream is %v, the declared one is there: %v; want none and one",
			got.Table.StreamSpecification, table.Streamed())
	}
	if keys := table.Keys(); !slices.Equal(keys, []string{"PK", "SK"}) {
		t.Errorf("the keys are %v", keys)
	}
	ttl, err := db.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &table.Name})
	if err != nil || aws.ToString(ttl.TimeToLiveDescription.AttributeName) != "expires" {
		t.Errorf("time to live: %v, error %v; want the attribute expires", ttl, err)
	}
}

// caller sends calls through a proxy under a name.
type caller struct {
	url  string
	name string
}

func (c caller) call(t *testing.T, operation, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential="+c.name+
			"/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func startProxy(t *testing.T, name string, log io.Writer) (*dynamo.Proxy, string) {
	t.Helper()
	account, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tables := declared(t, name)
	if err := tables[0].Create(t.Context(), testkit.Client(t)); err != nil {
		t.Fatal(err)
	}
	proxy := dynamo.NewProxy("", tables, account, nil, log)
	proxy.Serve(testkit.Endpoint(t))
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return proxy, server.URL
}

func TestOnlyWhatThePolicyGrants(t *testing.T) {
	var log bytes.Buffer
	proxy, url := startProxy(t, "policies", &log)
	const arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/policies-Table"
	policy, err := dynamo.ParsePolicies([]any{map[string]any{"Statement": []any{
		map[string]any{
			"Effect": "Allow", "Resource": arn,
			"Action": []any{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem",
				"dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem"},
			"Condition": map[string]any{
				"ForAllValues:StringLike": map[string]any{"dynamodb:LeadingKeys": []any{"TENANT", "CRED#*"}},
			},
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	proxy.Policies["Reader"] = policy
	const (
		mine, other = `{"PK":{"S":"CRED#1"},"SK":{"S":"x"}}`, `{"PK":{"S":"T#1"},"SK":{"S":"x"}}`
		table       = `"TableName":"policies-Table"`
	)
	for _, c := range []struct {
		name, operation, body string
		granted               bool
	}{
		{"get", "GetItem", `{` + table + `,"Key":` + mine + `}`, true},
		{"get of another key", "GetItem", `{` + table + `,"Key":` + other + `}`, false},
		{"put", "PutItem", `{` + table + `,"Item":` + mine + `}`, true},
		{"put of another key", "PutItem", `{` + table + `,"Item":` + other + `}`, false},
		{"delete", "DeleteItem", `{` + table + `,"Key":` + mine + `}`, false},
		{"scan", "Scan", `{` + table + `}`, false},
		{"another table", "GetItem", `{"TableName":"other","Key":` + mine + `}`, false},
		{
			"query", "Query",
			`{` + table + `,"KeyConditionExpression":"#p = :p AND begins_with(SK, :s)",` +
				`"ExpressionAttributeNames":{"#p":"PK"},"ExpressionAttributeValues":{":p":{"S":"TENANT"},` +
				`":s":{"S":"x"}}}`,
			true,
		},
		{
			"query of another key", "Query",
			`{` + table + `,"KeyConditionExpression":"PK=:p","ExpressionAttributeValues":{":p":{"S":"T#1"}}}`,
			false,
		},
		{
			"query whose key cannot be told", "Query",
			`{` + table + `,"KeyConditionExpression":":p = PK","ExpressionAttributeValues":{":p":{"S":"TENANT"}}}`,
			false,
		},
		{"batch", "BatchGetItem", `{"RequestItems":{"policies-Table":{"Keys":[` + mine + `]}}}`, true},
		{
			"batch with another key", "BatchGetItem",
			`{"RequestItems":{"policies-Table":{"Keys":[` + mine + `,` + other + `]}}}`, false,
		},
		{"transaction", "TransactWriteItems", `{"TransactItems":[{"Put":{` + table + `,"Item":` + mine + `}}]}`, true},
		{
			"transaction with another key", "TransactWriteItems",
			`{"TransactItems":[{"Put":{` + table + `,"Item":` + mine + `}},{"Put":{` + table + `,"Item":` + other +
				`}}]}`,
			false,
		},
		{
			"transaction with another action", "TransactWriteItems",
			`{"TransactItems":[{"Put":{` + table + `,"Item":` + mine + `}},{"Delete":{` + table + `,"Key":` + mine +
				`}}]}`,
			false,
		},
		{
			"transaction with a check", "TransactWriteItems",
			`{"TransactItems":[{"ConditionCheck":{` + table + `,"Key":` + mine +
				`,"ConditionExpression":"attribute_not_exists(nothing)"}}]}`,
			true,
		},
		{
			"transaction with a check of another key", "TransactWriteItems",
			`{"TransactItems":[{"ConditionCheck":{` + table + `,"Key":` + other +
				`,"ConditionExpression":"attribute_not_exists(PK)"}}]}`,
			false,
		},
		{
			"batch of writes, whose deletes need no action of their own", "BatchWriteItem",
			`{"RequestItems":{"policies-Table":[{"PutRequest":{"Item":` + mine +
				`}},{"DeleteRequest":{"Key":{"PK":{"S":"TENANT"},"SK":{"S":"y"}}}}]}}`,
			true,
		},
		{
			"batch of writes with another key to put", "BatchWriteItem",
			`{"RequestItems":{"policies-Table":[{"PutRequest":{"Item":` + other + `}}]}}`, false,
		},
		{
			"batch of writes with another key to delete", "BatchWriteItem",
			`{"RequestItems":{"policies-Table":[{"DeleteRequest":{"Key":` + other + `}}]}}`, false,
		},
		{"transaction of reads", "TransactGetItems", `{"TransactItems":[{"Get":{` + table + `,"Key":` + mine + `}}]}`,
			true},
	} {
		t.Run(c.name, func(t *testing.T) {
			log.Reset()
			status, answer := caller{url, "Reader"}.call(t, c.operation, c.body)
			refused := status == http.StatusBadRequest && strings.Contains(answer, "#AccessDeniedException")
			if c.granted && status != http.StatusOK || !c.granted && !refused {
				t.Errorf("the answer is %d %s; want granted %v", status, answer, c.granted)
			}
			if refused != strings.Contains(log.String(), "not authorized") {
				t.Errorf("refused is %v, but the log says %q", refused, log.String())
			}
		})
	}
	status, answer := (caller{url, "Stranger"}).call(t, "GetItem", `{`+table+`,"Key":`+mine+`}`)
	if status != http.StatusBadRequest {
		t.Errorf("a caller without a policy: %d %s", status, answer)
	}
}

func TestWithoutAnEngineTheConnectionBreaks(t *testing.T) {
	proxy, url := startProxy(t, "broken", io.Discard)
	proxy.Policies["F"], _ = dynamo.ParsePolicies([]any{map[string]any{"Statement": []any{
		map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"},
	}}})
	proxy.Serve("")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=F/2026")
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
	if res, err := http.DefaultClient.Do(req); err == nil {
		_ = res.Body.Close()
		t.Errorf("the answer is %d, want a broken connection", res.StatusCode)
	}
}

func TestTheTransportKnowsTheCaller(t *testing.T) {
	var seen string
	note := func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			seen = dynamo.Caller(r.Context())
			return next.RoundTrip(r)
		})
	}
	account, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	proxy := dynamo.NewProxy("", declared(t, "callers"), account, note, io.Discard)
	server := httptest.NewServer(proxy)
	defer server.Close()
	proxy.Serve(testkit.Endpoint(t))
	proxy.Policies["F"], _ = dynamo.ParsePolicies([]any{map[string]any{"Statement": []any{
		map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"},
	}}})
	if status, answer := (caller{server.URL, "F"}).call(t, "ListTables", `{}`); status != http.StatusOK || seen != "F" {
		t.Errorf("%d %s, the caller is %q, want F", status, answer, seen)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
