package eventsource

import (
	"encoding/json"
	"fmt"

	"scimserver/infra/local/journal"
)

// Take queues a record for the function if it passes the filters.
func (m *Mapping) Take(r journal.Record) {
	received := m.received(r)
	if !passes(m.filters, received) {
		return
	}
	data, err := json.Marshal(received)
	if err != nil {
		_, _ = fmt.Fprintf(m.log, "stream | %s: record %s is lost: %v\n", m.Name, r.Sequence, err)
		return
	}
	if lost := m.waiting.Put(record{sequence: r.Sequence, created: r.Created, json: data}, len(data)); lost == 1 {
		_, _ = fmt.Fprintf(
			m.log,
			"stream | %s: %d bytes of records wait: record %s and the next ones are lost\n",
			m.Name,
			maxWaiting,
			r.Sequence,
		)
	}
}

// received returns a record as the function receives it, without the parts that a journal does
// not know.
func (m *Mapping) received(r journal.Record) map[string]any {
	change := map[string]any{
		"ApproximateCreationDateTime": r.Created.Unix(),
		"Keys":                        r.Keys,
		"SequenceNumber":              r.Sequence,
		"StreamViewType":              "NEW_AND_OLD_IMAGES",
	}
	if r.NewImage != nil {
		change["NewImage"] = r.NewImage
	}
	if r.OldImage != nil {
		change["OldImage"] = r.OldImage
	}
	return map[string]any{
		"eventID": r.Sequence, "eventName": r.EventName, "eventSource": "aws:dynamodb", "eventVersion": "1.1",
		"awsRegion": m.region, "eventSourceARN": m.properties.Stream, "dynamodb": change,
	}
}
