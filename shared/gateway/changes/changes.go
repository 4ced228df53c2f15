// Package changes handles the events of function changes: batches of records from the table's
// stream, and calls by a schedule.
package changes

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/deadline"
	"scimserver/shared/directory"
)

// Follower carries out the consequences of changes of the table; *directory.Directory is one.
type Follower interface {
	Ready(ctx context.Context) error
	// WriteLog writes the provisioning log, CloseConflicts closes conflicts.
	WriteLog(ctx context.Context, all []directory.StreamChange) error
	CloseConflicts(ctx context.Context, all []directory.StreamChange) error
	// WriteEvents appends events to their feeds. It returns their number, and the errors by
	// the index of the record.
	WriteEvents(ctx context.Context, records []directory.StreamRecord) (events int, failed map[int]error)
	// EnqueueUnfinished and Sweep finish changes and deletions that were interrupted.
	EnqueueUnfinished(ctx context.Context, pk, sk string) error
	Sweep(ctx context.Context) (finished int, err error)
}

// Handler returns the handler of a function that the table's stream and a schedule invoke.
// Changes of resources become events of the outbox, and these are pushed to the bus, unless it
// is nil. Records of provisioning requests become entries of the provisioning log, and close
// conflicts. Items with unfinished work are passed to EnqueueUnfinished. The schedule calls
// Sweep, which finishes the rest.
func Handler(f Follower, bus Pusher, log *slog.Logger) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		ctx, cancel := deadline.WithReserve(ctx)
		defer cancel()
		ctx, usage := directory.WithMeter(ctx)
		r := &run{Follower: f, bus: bus, start: time.Now(), failures: map[int]error{}}
		answer, err := r.carryOut(ctx, event)
		r.log(ctx, log, usage(), err)
		return answer, err
	}
}

// run is one invocation.
type run struct {
	Follower
	bus     Pusher
	start   time.Time
	trigger string // "stream" or "schedule"

	records, provisioned, events, pushed, finished int

	failures map[int]error // the first error of each record, by its index in the batch
}

// errUnknownEvent reports that something else invoked the function.
var errUnknownEvent = errors.New("the event comes neither from a DynamoDB stream nor from a schedule")

// carryOut handles an event by its kind.
func (r *run) carryOut(ctx context.Context, event json.RawMessage) (any, error) {
	var kind struct {
		Records    json.RawMessage
		DetailType string `json:"detail-type"`
	}
	if err := json.Unmarshal(event, &kind); err != nil {
		return nil, err
	}
	if err := r.Ready(ctx); err != nil {
		return nil, err
	}
	switch {
	case kind.Records != nil:
		r.trigger = "stream"
		return r.stream(ctx, event)
	case kind.DetailType == "Scheduled Event":
		r.trigger = "schedule"
		finished, err := r.Sweep(ctx)
		r.finished = finished
		return nil, err
	}
	return nil, errUnknownEvent
}

// stream handles a batch. It handles the records in stages, and tries every stage even if another
// one has failed. After a failed record it continues with the next one, unless there is no time
// left. The response names the first record that failed, and Lambda repeats the batch
// from there. Handling a record is idempotent.
func (r *run) stream(ctx context.Context, event json.RawMessage) (events.DynamoDBEventResponse, error) {
	answer := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	var batch events.DynamoDBEvent
	if err := json.Unmarshal(event, &batch); err != nil {
		return answer, err
	}
	r.records = len(batch.Records)
	r.writeEvents(ctx, batch.Records)
	r.push(ctx, batch.Records)
	r.follow(ctx, batch.Records)
	for i, record := range batch.Records {
		if err := r.enqueueUnfinished(ctx, record.Change); err != nil {
			r.fail(i, err)
			if ctx.Err() != nil {
				break
			}
		}
	}
	if first, ok := r.firstFailure(); ok {
		first := batch.Records[first].Change.SequenceNumber
		answer.BatchItemFailures = []events.DynamoDBBatchItemFailure{{ItemIdentifier: first}}
	}
	return answer, nil
}

// fail marks a record as failed. Only the first error of a record counts.
func (r *run) fail(record int, err error) {
	if r.failures[record] == nil {
		r.failures[record] = err
	}
}

// firstFailure returns the first record that failed, if one did.
func (r *run) firstFailure() (record int, ok bool) {
	if len(r.failures) == 0 {
		return 0, false
	}
	return slices.Min(slices.Collect(maps.Keys(r.failures))), true
}

// enqueueUnfinished calls EnqueueUnfinished for a record whose item has unfinished work.
func (r *run) enqueueUnfinished(ctx context.Context, c events.DynamoDBStreamRecord) error {
	if !has(c.NewImage, "pending") && !has(c.NewImage, "deleting") {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	pk, sk, err := keys(c)
	if err != nil {
		return err
	}
	return r.EnqueueUnfinished(ctx, pk, sk)
}

func keys(c events.DynamoDBStreamRecord) (pk, sk string, err error) {
	pk, sk = attribute(c.Keys, "PK"), attribute(c.Keys, "SK")
	if pk == "" || sk == "" {
		err = errors.New("the record lacks the table's keys")
	}
	return pk, sk, err
}

func has(image map[string]events.DynamoDBAttributeValue, name string) bool {
	_, ok := image[name]
	return ok
}

// log writes one line for the invocation. It leaves out keys, which contain the ids of users.
func (r *run) log(ctx context.Context, log *slog.Logger, u directory.Usage, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("trigger", r.trigger),
		slog.Int("records", r.records),
		slog.Int("provisioned", r.provisioned),
		slog.Int("events", r.events),
		slog.Int("pushed", r.pushed),
		slog.Int("failed", len(r.failures)),
		slog.Int("finished", r.finished),
		slog.Float64("ms", float64(time.Since(r.start).Microseconds())/1000),
	}
	attrs = append(attrs, u.Attrs()...)
	first, _ := r.firstFailure()
	if cause := errors.Join(r.failures[first], err); cause != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", cause.Error()))
	}
	log.LogAttrs(ctx, level, "changes", attrs...)
}
