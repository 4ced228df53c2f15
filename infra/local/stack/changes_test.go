package stack_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/infra/local/stack"
	"scimserver/shared/testkit/ddblocal"
)

// engine is the stack's engine, past the proxy.
func (p *idp) engine() *dynamodb.Client {
	p.Helper()
	account, err := config.LoadDefaultConfig(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	return dynamodb.NewFromConfig(account, func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(p.stack.EngineEndpoint()) })
}

func (p *idp) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "T#local#USER"}, "SK": &types.AttributeValueMemberS{Value: id}}
}

// leave marks a user as one whose deletion began at some time and went no further.
func (p *idp) leave(id string, began time.Time) {
	p.Helper()
	_, err := p.engine().UpdateItem(p.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(p.stack.TableName()), Key: p.key(id), UpdateExpression: aws.String("SET deleting = :at"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":at": &types.AttributeValueMemberS{Value: began.UTC().Format("2006-01-02T15:04:05.000Z")}},
	})
	if err != nil {
		p.Fatal(err)
	}
}

func (p *idp) exists(id string) bool {
	p.Helper()
	out, err := p.engine().GetItem(p.Context(), &dynamodb.GetItemInput{TableName: aws.String(p.stack.TableName()), Key: p.key(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		p.Fatal(err)
	}
	return out.Item != nil
}

func TestTheStreamFinishesADeletion(t *testing.T) {
	p := newIDP(t, stack.Options{NoSchedule: true, Log: t.Output()})
	id := p.want(201, "POST", "/Users", user("left")).Get("id").Text()
	p.leave(id, time.Now().Add(-time.Minute))
	for deadline := time.Now().Add(time.Minute); p.exists(id); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the deletion was not finished")
		}
	}
	if report := p.verify(); report.Users != 0 || report.Claims != 0 {
		t.Errorf("%+v", report)
	}
}

func TestTheScheduleFinishesADeletion(t *testing.T) {
	p := newIDP(t, stack.Options{NoStream: true, NoSchedule: true, Log: t.Output()})
	id := p.want(201, "POST", "/Users", user("left")).Get("id").Text()
	p.leave(id, time.Now())
	event := fmt.Sprintf(`{"Records":[{"dynamodb":{"Keys":{"PK":{"S":"T#local#USER"},"SK":{"S":%q}},"NewImage":{"deleting":{"S":"x"}},"SequenceNumber":"1"}}]}`, id)
	if payload, err := p.stack.Invoke(t.Context(), "ChangesFunction", []byte(event)); err != nil || string(payload) != `{"batchItemFailures":[]}` {
		t.Fatalf("%s, %v", payload, err)
	}
	p.runSchedules()
	if !p.exists(id) {
		t.Error("a deletion that may be under way was taken over")
	}
	p.leave(id, time.Now().Add(-time.Minute))
	p.runSchedules()
	if p.exists(id) {
		t.Error("the deletion was not finished")
	}
	p.verify()
}

func (p *idp) runSchedules() {
	p.Helper()
	if err := p.stack.RunSchedules(p.Context()); err != nil {
		p.Fatal(err)
	}
}

// TestAnEngineWithoutStreams: the stack says so, and serves on.
func TestAnEngineWithoutStreams(t *testing.T) {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-central-1"} {
		t.Setenv(name, value)
	}
	engine, err := ddblocal.Start(t.Context(), ddblocal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Stop)
	target, err := url.Parse(engine.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	tables := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "DynamoDBStreams_") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"com.amazon.coral.service#UnknownOperationException"}`)
			return
		}
		tables.ServeHTTP(w, r)
	}))
	defer front.Close()
	var log lockedBuffer
	p := newIDP(t, stack.Options{Endpoint: front.URL, Log: &log})
	p.want(201, "POST", "/Users", user("ann"))
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(log.String(), "ChangesFunction.Marks gets no records"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log says nothing of it: %s", log.String())
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
