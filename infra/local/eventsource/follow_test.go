package eventsource

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/shared/testkit"
)

// put stores an item; attributes come in pairs.
func put(t *testing.T, table, sk string, attributes ...string) {
	t.Helper()
	item := map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "p"}, "SK": &types.AttributeValueMemberS{Value: sk}}
	for i := 0; i < len(attributes); i += 2 {
		item[attributes[i]] = &types.AttributeValueMemberS{Value: attributes[i+1]}
	}
	item["all"] = &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{
		"n": &types.AttributeValueMemberN{Value: "1.5"}, "b": &types.AttributeValueMemberB{Value: []byte("b")},
		"t": &types.AttributeValueMemberBOOL{Value: true}, "0": &types.AttributeValueMemberNULL{Value: true},
		"s": &types.AttributeValueMemberSS{Value: []string{"x"}}, "l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberN{Value: "2"}}},
		"ns": &types.AttributeValueMemberNS{Value: []string{"3"}}, "bs": &types.AttributeValueMemberBS{Value: [][]byte{{1}}},
	}}
	if _, err := testkit.Client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
		t.Fatal(err)
	}
}

// follow feeds a table's stream to the rig's function; the returned function ends it.
func (r *rig) follow(table string, endpoint func() string) (end func() error) {
	r.Helper()
	account, err := config.LoadDefaultConfig(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	m := r.Mappings[0]
	m.Table = table
	ctx, cancel := context.WithCancel(r.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Follow(ctx, Engine{Account: account, Endpoint: endpoint}) }()
	return func() error { cancel(); return <-ended }
}

// await returns the records that the function got once there are n of them, and how they came.
func (r *rig) await(n int) (all []events.DynamoDBEventRecord, sizes []int) {
	r.Helper()
	for deadline := time.Now().Add(20 * time.Second); len(all) < n; time.Sleep(20 * time.Millisecond) {
		for _, e := range r.events() {
			all, sizes = append(all, e.Records...), append(sizes, len(e.Records))
		}
		if time.Now().After(deadline) {
			r.Fatalf("%d records came, want %d; the log says %s", len(all), n, r.log)
		}
	}
	return all, sizes
}

func keyOf(r events.DynamoDBEventRecord) string { return r.Change.Keys["SK"].String() }

func TestTheStreamReachesTheFunction(t *testing.T) {
	r, table := newRig(t), testkit.Table(t)
	put(t, table, "1", "pending", "c")
	put(t, table, "2")
	put(t, table, "3", "deleting", "d")
	put(t, table, "4", "pending", "c")
	put(t, table, "4")
	end := r.follow(table, func() string { return testkit.Endpoint(t) })
	defer func() { _ = end() }()
	got, sizes := r.await(3)
	if len(got) != 3 || keyOf(got[0]) != "1" || keyOf(got[1]) != "3" || keyOf(got[2]) != "4" {
		t.Errorf("the records are %v", got)
	}
	if len(sizes) != 2 || sizes[0] != 2 || sizes[1] != 1 {
		t.Errorf("the batches are %v, want 2 and 1", sizes)
	}
	first := got[0]
	if first.EventName != "INSERT" || first.AWSRegion != "eu-central-1" || first.EventSource != "aws:dynamodb" ||
		!strings.Contains(first.EventSourceArn, ":table/app-Table/stream/") || time.Since(first.Change.ApproximateCreationDateTime.Time) > time.Minute {
		t.Errorf("the record is %+v", first)
	}
	all := first.Change.NewImage["all"].Map()
	if all["n"].Number() != "1.5" || string(all["b"].Binary()) != "b" || !all["t"].Boolean() || !all["0"].IsNull() || all["s"].StringSet()[0] != "x" ||
		all["l"].List()[0].Number() != "2" || all["ns"].NumberSet()[0] != "3" || all["bs"].BinarySet()[0][0] != 1 {
		t.Errorf("the new image is %v", first.Change.NewImage)
	}
}

func TestTheStreamGoesOnWhereItWas(t *testing.T) {
	r, table := newRig(t), testkit.Table(t)
	var down atomic.Bool
	target, err := url.Parse(testkit.Endpoint(t))
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(target)
	engine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		pass.ServeHTTP(w, req)
	}))
	defer engine.Close()
	end := r.follow(table, func() string { return engine.URL })
	defer func() { _ = end() }()
	put(t, table, "1", "pending", "c")
	r.await(1)
	down.Store(true)
	put(t, table, "2", "pending", "c")
	time.Sleep(2 * pollEvery)
	down.Store(false)
	if got, _ := r.await(1); len(got) != 1 || keyOf(got[0]) != "2" {
		t.Errorf("after the break came %v, want the second record alone", got)
	}
}

func TestAnEngineWithoutStreamsIsNotFollowed(t *testing.T) {
	r := newRig(t)
	const table = "no-stream"
	db := testkit.Client(t)
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(table), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("PK"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("PK"), AttributeType: types.ScalarAttributeTypeS}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Mappings[0].Table = table
	account, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = r.Mappings[0].Follow(t.Context(), Engine{Account: account, Endpoint: func() string { return testkit.Endpoint(t) }})
	if !errors.Is(err, ErrNoStream) {
		t.Errorf("the error is %v, want ErrNoStream", err)
	}
}

func TestStreamsEndpoint(t *testing.T) {
	for tables, want := range map[string]string{
		"http://127.0.0.1:8000":                       "http://127.0.0.1:8000",
		"https://dynamodb.eu-central-1.amazonaws.com": "https://streams.dynamodb.eu-central-1.amazonaws.com",
	} {
		if got := streamsEndpoint(tables); got != want {
			t.Errorf("%s: %s, want %s", tables, got, want)
		}
	}
}
