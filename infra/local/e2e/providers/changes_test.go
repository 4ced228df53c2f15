package providers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// connection is that between the functions and the engine. What a test writes on
// it is watched as the functions' writes are.
type connection struct{ http.RoundTripper }

func (c *connection) wrap(next http.RoundTripper) http.RoundTripper {
	c.RoundTripper = next
	return next
}

// table is the stack's table, past the policies.
func (c *connection) table(p client) *table.DB {
	p.Helper()
	db, err := table.Open(table.Options{
		Name: p.Stack.TableName(), Endpoint: p.Stack.EngineEndpoint(), Client: &http.Client{Transport: c},
	})
	if err != nil {
		p.Fatal(err)
	}
	return db
}

func key(id string) table.Key { return table.Key{PK: "T#local#USER", SK: id} }

// leave marks a user as one whose deletion began at some time and went no further.
func (c *connection) leave(p client, id string, began time.Time) {
	p.Helper()
	err := c.table(p).Write(p.Context(), func(table.Stamp) table.Write {
		return table.Update(key(id), table.Item{"deleting": scim.FormatTime(began)})
	})
	if err != nil {
		p.Fatal(err)
	}
}

func (c *connection) exists(p client, id string) bool {
	p.Helper()
	item, err := c.table(p).Get(p.Context(), key(id))
	if err != nil {
		p.Fatal(err)
	}
	return item != nil
}

func TestTheStreamFinishesADeletion(t *testing.T) {
	var c connection
	p := client{e2e.Start(t, stack.Options{Transport: c.wrap, NoSchedule: true, Log: t.Output()})}
	id := p.Want(201, "POST", "/Users", e2e.User("left")).Get("id").Text()
	c.leave(p, id, time.Now().Add(-time.Minute))
	for deadline := time.Now().Add(time.Minute); c.exists(p, id); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the deletion was not finished")
		}
	}
	if report := p.Verify(); report.Users != 0 || report.Claims != 0 {
		t.Errorf("%+v", report)
	}
}

func TestTheScheduleFinishesADeletion(t *testing.T) {
	var c connection
	p := client{e2e.Start(t, stack.Options{Transport: c.wrap, NoStream: true, NoSchedule: true, Log: t.Output()})}
	id := p.Want(201, "POST", "/Users", e2e.User("left")).Get("id").Text()
	c.leave(p, id, time.Now())
	event := fmt.Sprintf(`{"Records":[{"dynamodb":{"Keys":{"PK":{"S":"T#local#USER"},"SK":{"S":%q}},`+
		`"NewImage":{"deleting":{"S":"x"}},"SequenceNumber":"1"}}]}`, id)
	payload, err := p.Stack.Invoke(t.Context(), "ChangesFunction", []byte(event))
	if err != nil || string(payload) != `{"batchItemFailures":[]}` {
		t.Fatalf("%s, %v", payload, err)
	}
	p.runSchedules()
	if !c.exists(p, id) {
		t.Error("a deletion that may be under way was taken over")
	}
	c.leave(p, id, time.Now().Add(-time.Minute))
	p.runSchedules()
	if c.exists(p, id) {
		t.Error("the deletion was not finished")
	}
	p.Verify()
}

func (p client) runSchedules() {
	p.Helper()
	if err := p.Stack.RunSchedules(p.Context()); err != nil {
		p.Fatal(err)
	}
}
