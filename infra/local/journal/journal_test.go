package journal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"scimserver/infra/local/dynamo"
	"scimserver/infra/local/journal"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// rig is a journal of a table in the engine.
type rig struct {
	*testing.T
	table  string
	engine http.RoundTripper // watched
	told   chan journal.Record
	log    *bytes.Buffer
	read   func(sk string) // called before the journal reads an item; may be nil
}

// newRig watches an engine that a test may put something around.
func newRig(t *testing.T, wrap func(http.RoundTripper) http.RoundTripper) *rig {
	t.Helper()
	account, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	proxy := dynamo.NewProxy("", nil, account, nil, io.Discard)
	proxy.Serve(testkit.Endpoint(t))
	r := &rig{T: t, table: testkit.Table(t), told: make(chan journal.Record, 100), log: &bytes.Buffer{}}
	item := func(ctx context.Context, table string, key map[string]any) (map[string]any, error) {
		if r.read != nil {
			r.read(text(key["SK"]))
		}
		return proxy.Item(ctx, table, key)
	}
	j := journal.New(map[string][]string{r.table: {"PK", "SK"}}, item, r.log)
	j.Subscribe(r.table, func(record journal.Record) { r.told <- record })
	j.Subscribe("another", func(record journal.Record) { t.Errorf("%v is not of this table", record) })
	r.engine = j.Watch(wrap(http.DefaultTransport))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { j.Run(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return r
}

func plain(next http.RoundTripper) http.RoundTripper { return next }

// call calls the engine; TABLE in the body stands for the table.
func (r *rig) call(ctx context.Context, operation, body string) (status int, err error) {
	r.Helper()
	status, _, err = r.exchange(ctx, operation, body)
	return status, err
}

// exchange is call with the answer's body.
func (r *rig) exchange(ctx context.Context, operation, body string) (status int, answer string, err error) {
	r.Helper()
	body = strings.ReplaceAll(body, "TABLE", r.table)
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, testkit.Endpoint(r), strings.NewReader(body))
	req.RequestURI = ""
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, "+
			"SignedHeaders=host, Signature=0")
	res, err := r.engine.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

func (r *rig) do(operation, body string) {
	r.Helper()
	if status, err := r.call(r.Context(), operation, body); err != nil || status != http.StatusOK {
		r.Fatalf("%s: %d, %v", operation, status, err)
	}
}

// next is a record in short: "INSERT 1 x" of the item 1 whose attribute a is x.
func (r *rig) next() (short, sequence string) {
	r.Helper()
	t := r.record()
	if t.Table != r.table || len(t.Keys) != 2 || time.Since(t.Created) > time.Hour {
		r.Errorf("the record is %+v", t)
	}
	return strings.TrimSpace(t.EventName + " " + text(t.Keys["SK"]) + " " + text(t.NewImage["a"])), t.Sequence
}

func (r *rig) record() journal.Record {
	r.Helper()
	select {
	case t := <-r.told:
		return t
	case <-time.After(time.Minute):
		r.Fatal("no record has come for a minute")
		return journal.Record{}
	}
}

func text(attribute any) string {
	value, _ := attribute.(map[string]any)
	s, _ := value["S"].(string)
	return s
}

// wants reads as many records as are wanted. One more would be found by the next call.
func (r *rig) wants(all ...string) {
	r.Helper()
	last := ""
	for _, want := range all {
		got, sequence := r.next()
		if got != want || sequence <= last {
			r.Errorf("told is %q behind %s, want %q behind %s", got, sequence, want, last)
		}
		last = sequence
	}
}

func key(sk string) string { return fmt.Sprintf(`{"PK":{"S":"p"},"SK":{"S":%q}}`, sk) }

func put(sk, a string) string {
	return fmt.Sprintf(`{"TableName":"TABLE","Item":{"PK":{"S":"p"},"SK":{"S":%q},"a":{"S":%q}}}`, sk, a)
}

func update(sk, a string) string {
	return fmt.Sprintf(`{"TableName":"TABLE","Key":%s,"UpdateExpression":"SET a = :a",`+
		`"ExpressionAttributeValues":{":a":{"S":%q}}}`, key(sk), a)
}

func remove(sk string) string { return `{"TableName":"TABLE","Key":` + key(sk) + `}` }

func TestEveryWriteIsToldOf(t *testing.T) {
	r := newRig(t, plain)
	r.do("PutItem", put("1", "x"))
	r.do("UpdateItem", update("2", "y"))
	r.wants("INSERT 1 x", "MODIFY 2 y")
	r.do("GetItem", remove("1"))
	r.do("DeleteItem", remove("1"))
	r.wants("REMOVE 1")
	r.do("TransactWriteItems", fmt.Sprintf(`{"TransactItems":[{"Put":%s},{"Update":%s},{"Delete":%s},
		{"ConditionCheck":{"TableName":"TABLE","Key":%s,"ConditionExpression":"attribute_not_exists(PK)"}}]}`,
		put("3", "z"), update("4", "v"), remove("2"), key("5")))
	r.wants("INSERT 3 z", "MODIFY 4 v", "REMOVE 2")
	r.do("BatchWriteItem",
		fmt.Sprintf(`{"RequestItems":{"TABLE":[{"PutRequest":{"Item":{"PK":{"S":"p"},"SK":{"S":"6"},`+
			`"a":{"S":"w"}}}},{"DeleteRequest":{"Key":%s}}]}}`, key("3")))
	r.wants("INSERT 6 w", "REMOVE 3")
}

// TestCallersGetWhatTheyAskFor: the journal asks an update for its item. A caller that has not asked
// does not get it.
func TestCallersGetWhatTheyAskFor(t *testing.T) {
	r := newRig(t, plain)
	for asked, want := range map[string]string{
		"": "{}", `"ReturnValues":"NONE",`: "{}", `"ReturnValues":"UPDATED_NEW",`: `{"Attributes":{"a":{"S":"x"}}}`,
	} {
		status, answer, err := r.exchange(t.Context(), "UpdateItem",
			strings.Replace(update("1", "x"), `{`, `{`+asked, 1))
		if err != nil || status != http.StatusOK || answer != want {
			t.Errorf("%s: %d %s, %v; want %s", asked, status, answer, err, want)
		}
	}
}

func TestWhatWasNotWrittenIsNotToldOf(t *testing.T) {
	r := newRig(t, plain)
	refused := strings.Replace(put("1", "x"), `"Item"`, `"ConditionExpression":"attribute_exists(PK)","Item"`, 1)
	if status, err := r.call(t.Context(), "PutItem", refused); err != nil || status != http.StatusBadRequest {
		t.Fatal(status, err)
	}
	if status, err := r.call(t.Context(), "TransactWriteItems",
		`{"TransactItems":[{"Put":`+put("2", "x")+`},{"Put":`+refused+`}]}`); err != nil ||
		status != http.StatusBadRequest {
		t.Fatal(status, err)
	}
	other := testkit.Table(t) // has no stream
	r.do("PutItem", strings.Replace(put("3", "x"), "TABLE", other, 1))
	r.do("PutItem", put("4", "x"))
	r.wants("INSERT 4 x")
}

// TestLastRecordIsLastWrite: another caller writes an item while the journal still reads what a
// transaction has updated. The record of the later write comes later.
func TestLastRecordIsLastWrite(t *testing.T) {
	r := newRig(t, plain)
	r.read = func(sk string) {
		if sk == "2" {
			r.do("UpdateItem", update("1", "later"))
		}
	}
	r.do("TransactWriteItems", `{"TransactItems":[{"Update":`+update("1", "x")+`},{"Update":`+update("2", "y")+`}]}`)
	r.wants("MODIFY 1 x", "MODIFY 2 y", "MODIFY 1 later")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestAWriteWhoseAnswerIsLostIsRead: nobody knows whether it was carried out.
func TestAWriteWhoseAnswerIsLostIsRead(t *testing.T) {
	var before, after atomic.Bool
	broken := errors.New("broken")
	r := newRig(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			if before.Load() {
				return nil, broken
			}
			res, err := next.RoundTrip(req)
			if err == nil && after.Load() {
				_ = res.Body.Close()
				return nil, broken
			}
			return res, err
		})
	})
	r.do("PutItem", put("1", "x"))
	before.Store(true)
	_, _ = r.call(t.Context(), "DeleteItem", remove("1"))
	_, _ = r.call(t.Context(), "PutItem", put("2", "y"))
	before.Store(false)
	after.Store(true)
	_, _ = r.call(t.Context(), "PutItem", put("3", "z"))
	r.wants("INSERT 1 x", "MODIFY 1 x", "REMOVE 2", "INSERT 3 z")
}

// TestADeadCallersWriteIsToldOf: as in the service, what has arrived is carried out.
func TestADeadCallersWriteIsToldOf(t *testing.T) {
	ctx, die := context.WithCancel(t.Context())
	r := newRig(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			die()
			return next.RoundTrip(req)
		})
	})
	if status, err := r.call(ctx, "UpdateItem", update("1", "x")); err != nil || status != http.StatusOK {
		t.Errorf("%d, %v", status, err)
	}
	r.wants("MODIFY 1 x")
}

// TestImages: each update has a record with the item as it left it, however soon the next write
// follows. The image of a record is the old image of the next one.
func TestImages(t *testing.T) {
	r := newRig(t, plain)
	r.do("PutItem", put("1", "x"))
	r.do("UpdateItem", strings.Replace(update("1", "y"), `{`, `{"ReturnValues":"ALL_NEW",`, 1))
	r.do("UpdateItem", update("1", "v"))
	r.do("TransactWriteItems", `{"TransactItems":[{"Update":`+update("1", "w")+`}]}`)
	r.do("DeleteItem", remove("1"))
	r.do("PutItem", put("1", "z"))
	for i, want := range []string{"INSERT x ", "MODIFY y x", "MODIFY v y", "MODIFY w v", "REMOVE  w", "INSERT z "} {
		told := r.record()
		var old map[string]any
		if told.OldImage != nil {
			if err := json.Unmarshal(told.OldImage, &old); err != nil {
				t.Fatal(err)
			}
		}
		if got := told.EventName + " " + text(told.NewImage["a"]) + " " + text(old["a"]); got != want {
			t.Errorf("record %d is %q, want %q", i, got, want)
		}
	}
}
