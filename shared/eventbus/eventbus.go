// Package eventbus pushes events to an EventBridge bus.
package eventbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"scimserver/shared/awsenv"
)

// The bounds of one call. EventBridge allows 10 entries, with a total of 256 KB in every
// Region (EventBridge API Reference, PutEvents; EventBridge User Guide, "Calculating
// PutEvents event entry size"). An event of the outbox is smaller than that.
const (
	maxEntries = 10
	maxBytes   = 250 << 10
)

// Bus is an event bus.
type Bus struct {
	client *eventbridge.Client
	name   string
	source string
}

// Open returns the bus with a name or ARN. Region and credentials come from the environment.
// source is the source of the events, such as scim.<stack>. Open makes no call.
func Open(name, source string) (*Bus, error) { return open(name, source, attemptTime) }

// attemptTime limits an attempt of a call, from the connection to the end of the answer. Without it, an answer that
// stops half way would take all the time of the function. The SDK makes three attempts.
const attemptTime = 5 * time.Second

func open(name, source string, attempt time.Duration) (*Bus, error) {
	cfg, err := awsenv.Config("EVENTBRIDGE")
	if err != nil {
		return nil, err
	}
	cfg.HTTPClient = awshttp.NewBuildableClient().WithTimeout(attempt)
	return &Bus{client: eventbridge.NewFromConfig(cfg), name: name, source: source}, nil
}

// Push pushes events in their order, each given as the JSON of an outbox.Event. It returns
// how many it pushed, and an error for each event that failed, by its index. Push stops
// after a call in which an event failed; the events that follow are not pushed.
func (b *Bus) Push(ctx context.Context, events []json.RawMessage) (pushed int, failed map[int]error) {
	failed = map[int]error{}
	for from := 0; from < len(events) && len(failed) == 0; {
		var entries []types.PutEventsRequestEntry
		for size := 0; from+len(entries) < len(events) && len(entries) < maxEntries; {
			event := events[from+len(entries)]
			if size += len(event); size > maxBytes && len(entries) > 0 {
				break
			}
			entry, err := b.entry(event)
			if err != nil {
				failed[from+len(entries)] = err
				break
			}
			entries = append(entries, entry)
		}
		pushed += b.put(ctx, entries, from, failed)
		from += len(entries)
	}
	return pushed, failed
}

// entry makes the PutEvents entry of an event.
func (b *Bus) entry(event json.RawMessage) (e types.PutEventsRequestEntry, err error) {
	var head struct {
		Type string
		Time time.Time
	}
	if err := json.Unmarshal(event, &head); err != nil {
		return e, fmt.Errorf("eventbus: a stored event is not valid: %w", err)
	}
	return types.PutEventsRequestEntry{
		EventBusName: &b.name, Source: &b.source, DetailType: &head.Type, Time: &head.Time,
		Detail: aws.String(string(event)),
	}, nil
}

// put makes one call. from is the index of the first event. put returns how many events it
// pushed, and adds the errors of the others to failed.
func (b *Bus) put(
	ctx context.Context, entries []types.PutEventsRequestEntry, from int, failed map[int]error,
) (pushed int) {
	if len(entries) == 0 {
		return 0
	}
	out, err := b.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	if err == nil && len(out.Entries) != len(entries) {
		err = errors.New("eventbus: the response does not have a result for each event")
	}
	for i := range entries {
		switch {
		case err != nil:
			failed[from+i] = fmt.Errorf("eventbus: %w", err)
		case out.Entries[i].ErrorCode != nil:
			failed[from+i] = fmt.Errorf("eventbus: %s: %s",
				*out.Entries[i].ErrorCode, aws.ToString(out.Entries[i].ErrorMessage))
		default:
			pushed++
		}
	}
	return pushed
}
