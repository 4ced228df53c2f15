package changes

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
)

// Pusher pushes events to subscribers; *eventbus.Bus is one.
type Pusher interface {
	// Push pushes events in their order. It returns how many were pushed, and the errors by
	// the index of the event. After an error it may leave out the rest.
	Push(ctx context.Context, events []json.RawMessage) (pushed int, failed map[int]error)
}

// writeEvents appends the events of a batch to their feeds.
func (r *run) writeEvents(ctx context.Context, records []events.DynamoDBEventRecord) {
	var all []directory.StreamRecord
	var from []int
	for i, record := range records {
		if has(record.Change.NewImage, "event") {
			continue
		}
		s, err := streamRecord(record)
		if err != nil {
			r.fail(i, err)
			continue
		}
		all, from = append(all, s), append(from, i)
	}
	if len(all) == 0 {
		return
	}
	written, failed := r.WriteEvents(ctx, all)
	r.events = written
	for i, err := range failed {
		r.fail(from[i], err)
	}
}

// push pushes the events that were appended to a feed. An event is an item of the table, so the
// stream has a record of it.
func (r *run) push(ctx context.Context, records []events.DynamoDBEventRecord) {
	if r.bus == nil {
		return
	}
	var all []json.RawMessage
	var from []int
	for i, record := range records {
		c := record.Change
		if event := attribute(c.NewImage, "event"); event != "" && len(c.OldImage) == 0 {
			all, from = append(all, json.RawMessage(event)), append(from, i)
		}
	}
	if len(all) == 0 {
		return
	}
	pushed, failed := r.bus.Push(ctx, all)
	r.pushed = pushed
	for i, err := range failed {
		r.fail(from[i], err)
	}
}
