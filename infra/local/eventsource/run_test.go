package eventsource

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/infra/local/journal"
)

// written is the record of an item p, sk with an image.
func written(t *testing.T, sk, image string) journal.Record {
	t.Helper()
	r := journal.Record{
		Table: "app-Table", EventName: "INSERT", Sequence: "seq-" + sk, Created: time.Now(),
		Keys: map[string]any{"PK": map[string]any{"S": "p"}, "SK": map[string]any{"S": sk}},
	}
	if err := json.Unmarshal([]byte(image), &r.NewImage); err != nil {
		t.Fatal(err)
	}
	return r
}

// run has the mapping work until the test ends.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.Context())
	ended := make(chan struct{})
	go func() { r.Mappings[0].Run(ctx); close(ended) }()
	r.Cleanup(func() { cancel(); <-ended })
}

// await returns the records that the function got once there are n of them, and how they came.
func (r *rig) await(n int) (all []events.DynamoDBEventRecord, sizes []int) {
	r.Helper()
	for deadline := time.Now().Add(time.Minute); len(all) < n; time.Sleep(20 * time.Millisecond) {
		for _, e := range r.events() {
			all, sizes = append(all, e.Records...), append(sizes, len(e.Records))
		}
		if time.Now().After(deadline) {
			r.Fatalf("%d records came, want %d", len(all), n)
		}
	}
	return all, sizes
}

func keyOf(r events.DynamoDBEventRecord) string { return r.Change.Keys["SK"].String() }

func TestRecordsReachTheFunction(t *testing.T) {
	r := newRig(t)
	m := r.Mappings[0]
	if m.Table != "app-Table" {
		t.Errorf("the table is %s", m.Table)
	}
	const all = `{"pending":{"S":"c"},"n":{"N":"1.5"},"b":{"B":"Yg=="},"t":{"BOOL":true},"0":{"NULL":true},
		"s":{"SS":["x"]},"l":{"L":[{"M":{"n":{"N":"2"}}}]},"ns":{"NS":["3"]},"bs":{"BS":["AQ=="]}}`
	for i, image := range []string{all, `{}`, `{"deleting":{"S":"d"}}`, `null`, `{"pending":{"S":"c"}}`} {
		m.Take(written(t, fmt.Sprint(i+1), image))
	}
	r.run()
	got, sizes := r.await(3)
	if len(got) != 3 || keyOf(got[0]) != "1" || keyOf(got[1]) != "3" || keyOf(got[2]) != "5" {
		t.Errorf("the records are %v", got)
	}
	if len(sizes) != 2 || sizes[0] != 2 || sizes[1] != 1 {
		t.Errorf("the batches are %v, want 2 and 1", sizes)
	}
	first := got[0]
	if first.EventName != "INSERT" || first.AWSRegion != "eu-central-1" || first.EventSource != "aws:dynamodb" ||
		first.Change.SequenceNumber != "seq-1" ||
		!strings.Contains(first.EventSourceArn, ":table/app-Table/stream/") ||
		time.Since(first.Change.ApproximateCreationDateTime.Time) > time.Hour {
		t.Errorf("the record is %+v", first)
	}
	image := first.Change.NewImage
	if image["n"].Number() != "1.5" || string(image["b"].Binary()) != "b" || !image["t"].Boolean() ||
		!image["0"].IsNull() || image["s"].StringSet()[0] != "x" ||
		image["l"].List()[0].Map()["n"].Number() != "2" || image["ns"].NumberSet()[0] != "3" ||
		image["bs"].BinarySet()[0][0] != 1 {
		t.Errorf("the new image is %v", image)
	}
}

// TestBatches: a batch has at most as many records, and as many bytes, as it may.
func TestBatches(t *testing.T) {
	r := newRig(t)
	m := r.Mappings[0]
	m.properties.BatchSize, m.properties.MaximumBatchingWindowInSeconds = 100, 0
	large := fmt.Sprintf(`{"pending":{"S":%q}}`, strings.Repeat("x", maxBatch/3))
	for i := range 5 {
		m.Take(written(t, fmt.Sprint(i), large))
	}
	r.run()
	if got, sizes := r.await(5); fmt.Sprint(sizes) != "[2 2 1]" || keyOf(got[4]) != "4" {
		t.Errorf("the batches are %v, want 2, 2 and 1", sizes)
	}
}

func TestRecordsThatFindNoRoomAreLost(t *testing.T) {
	r := newRig(t)
	m := r.Mappings[0]
	m.waiting = journal.NewQueue[record](1)
	for i := range 3 {
		m.Take(written(t, fmt.Sprint(i), `{"pending":{"S":"c"}}`))
	}
	log := r.log.String()
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, "record seq-1 and the next ones are lost") {
		t.Errorf("the log says %q", log)
	}
	r.run()
	if got, _ := r.await(1); len(got) != 1 || keyOf(got[0]) != "0" {
		t.Errorf("the records are %v, want the first alone", got)
	}
}
