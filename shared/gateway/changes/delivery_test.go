package changes_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/testkit/fault"
)

// handler is function changes.
type handler = func(context.Context, json.RawMessage) (any, error)

// delivery passes the records of the stream to the function as Lambda does: each shard in
// its order, again from the first record that failed, and in halves after an error.
type delivery struct {
	*world
	shards [][]json.RawMessage
}

// take puts records into shards by their partition key. Records of events have shards of their own,
// as in the template.
func (d *delivery) take(records []json.RawMessage) {
	d.Helper()
	half := len(d.shards) / 2
	for _, text := range records {
		r := decode(d.T, text)
		hash := fnv.New32()
		_, _ = hash.Write([]byte(r.Change.Keys["PK"].String()))
		shard := int(hash.Sum32()) % half
		if _, is := r.Change.NewImage["event"]; is {
			shard += half
		}
		d.shards[shard] = append(d.shards[shard], text)
	}
}

func decode(t *testing.T, text json.RawMessage) (r events.DynamoDBEventRecord) {
	t.Helper()
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// deliverSome passes a batch of a random shard to the function, perhaps more than once.
func (d *delivery) deliverSome() {
	shard := d.random.IntN(len(d.shards))
	waiting := d.shards[shard]
	if len(waiting) == 0 {
		return
	}
	n := 1 + d.random.IntN(min(len(waiting), 25))
	d.deliver(waiting[:n])
	for d.random.IntN(4) == 0 { // Lambda delivers at least once
		from := d.random.IntN(n)
		d.deliver(waiting[from:n])
	}
	d.shards[shard] = waiting[n:]
}

// deliver passes a batch until the function has processed each record.
func (d *delivery) deliver(batch []json.RawMessage) {
	for len(batch) > 0 {
		h, ctx := d.anyHandler()
		rest, err := invoke(ctx, h, batch)
		if err != nil && len(batch) > 1 && d.random.IntN(2) == 0 {
			d.deliver(batch[:len(batch)/2])
			d.deliver(batch[len(batch)/2:])
			return
		}
		batch = rest
	}
}

// anyHandler makes a function whose calls may fail, or that dies at one of them.
func (d *delivery) anyHandler() (handler, context.Context) {
	var transport http.RoundTripper
	ctx, die := context.WithCancel(d.Context())
	d.Cleanup(die)
	switch d.random.IntN(4) {
	case 0:
		transport = fault.Death(http.DefaultTransport, d.random.Int64N(12), d.random.IntN(2) == 0, die)
	case 1:
		seed := d.random.Uint64()
		transport = fault.Script(http.DefaultTransport,
			fault.Rule{Calls: fault.Randomly(seed, 0.1), Fault: fault.LostResponse},
			fault.Rule{Calls: fault.Randomly(seed+1, 0.1), Fault: fault.Throttled},
			fault.Rule{Calls: fault.Randomly(seed+2, 0.1), Fault: fault.Denied}, // not tried again
		)
	}
	dir := d.dir
	if transport != nil {
		dir = d.directory(transport)
	}
	return d.handler(dir), ctx
}

// invoke passes a batch to the function and returns the records that have to be delivered again.
func invoke(ctx context.Context, h handler, batch []json.RawMessage) (rest []json.RawMessage, err error) {
	event, err := json.Marshal(map[string]any{"Records": batch})
	if err != nil {
		return batch, err
	}
	answer, err := h(ctx, event)
	if err == nil {
		err = ctx.Err() // a dead function does not answer
	}
	if err != nil {
		return batch, err
	}
	failures := answer.(events.DynamoDBEventResponse).BatchItemFailures
	if len(failures) == 0 {
		return nil, nil
	}
	for i, text := range batch {
		var r events.DynamoDBEventRecord
		if err := json.Unmarshal(text, &r); err == nil && r.Change.SequenceNumber == failures[0].ItemIdentifier {
			return batch[i:], nil
		}
	}
	return batch, fmt.Errorf("no record has the number %s", failures[0].ItemIdentifier)
}

// drain delivers the remaining records, and those that follow from them.
func (d *delivery) drain() {
	d.Helper()
	for left := true; left; {
		d.take(d.stream.Records(d.T))
		left = false
		for _, shard := range d.shards {
			left = left || len(shard) > 0
		}
		for range 4 * len(d.shards) {
			d.deliverSome()
		}
	}
}

// bus is a fake EventBridge: it answers PutEvents, and some entries fail.
type bus struct {
	mu     sync.Mutex
	random *rand.Rand
	pushed []json.RawMessage
	fails  float64 // the share of entries that fail
}

func newBus(t *testing.T, seed uint64) *bus {
	t.Helper()
	b := &bus{random: rand.New(rand.NewPCG(seed, 1)), fails: 0.2}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", server.URL)
	return b
}

type entry struct{ Source, DetailType, Detail, EventBusName string }

// ServeHTTP answers a call (EventBridge API Reference, PutEvents).
func (b *bus) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var in struct{ Entries []entry }
	err := json.NewDecoder(r.Body).Decode(&in)
	if err != nil || len(in.Entries) > 10 || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	results, failed := []map[string]string{}, 0
	for _, e := range in.Entries {
		if b.random.Float64() < b.fails {
			failed++
			results = append(results,
				map[string]string{"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"})
			continue
		}
		b.pushed = append(b.pushed, json.RawMessage(e.Detail))
		results = append(results, map[string]string{"EventId": fmt.Sprint(len(b.pushed))})
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(map[string]any{"FailedEntryCount": failed, "Entries": results})
}
