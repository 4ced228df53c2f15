package directory

import (
	"context"
	"encoding/json"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// LogRecord is the part of a write of a user or group from which function changes makes
// the entry of the provisioning log. So the log costs a request no call.
type LogRecord struct {
	Time       time.Time
	Request    string
	Credential tenant.KeyID
	Operation  string
	Status     int // that is answered when the request is carried out
	Deviations []string
	Ignored    []string  // attributes that the resource type does not have
	Skipped    []scim.ID // members that were left out because they do not exist
}

type logRecordKey struct{}

// WithLogRecord returns a context for a request. The write that makes the request's change
// includes the result of record, which is called for each attempt. skipped is the number
// of members that are left out because they do not exist.
func WithLogRecord(ctx context.Context, record func(skipped []scim.ID) LogRecord) context.Context {
	return context.WithValue(ctx, logRecordKey{}, record)
}

type connectingKey struct{}

// connecting returns a context in which the change is recorded as a connection: the
// request itself does not know that it makes one.
func connecting(ctx context.Context) context.Context {
	return context.WithValue(ctx, connectingKey{}, true)
}

// logStamp is a record in the form in which an item has it. It is small, because it counts
// for the capacity units of every access.
type logStamp struct {
	Time       int64     `json:"t"` // milliseconds
	Request    string    `json:"r"`
	Credential string    `json:"c,omitempty"`
	Operation  string    `json:"o"`
	Status     int       `json:"s"`
	Deviations []string  `json:"d,omitempty"`
	Members    bool      `json:"m,omitempty"` // members change, who are not in the document
	Ignored    []string  `json:"i,omitempty"`
	Skipped    []scim.ID `json:"k,omitempty"` // the first of them
	SkippedAll int       `json:"n,omitempty"` // their number
	Added      string    `json:"a,omitempty"` // the first members that were added, see packMember
	AddedAll   int       `json:"b,omitempty"` // their number
	Removed    string    `json:"e,omitempty"` // the first members that were removed
	RemovedAll int       `json:"f,omitempty"` // their number
}

// addLogStamp adds the record of the request to the item or update of a resource whose members do
// not change. Other writes keep the attribute: a new value tells the log that there is a change.
func addLogStamp(ctx context.Context, item table.Item) {
	if stamp, ok := newLogStamp(ctx, nil); ok {
		stamp.addTo(item)
	}
}

// newLogStamp returns the record of the request. ok is false if no request of a provider's makes
// the change.
func newLogStamp(ctx context.Context, skipped []scim.ID) (stamp logStamp, ok bool) {
	ask, ok := ctx.Value(logRecordKey{}).(func([]scim.ID) LogRecord)
	if !ok {
		return stamp, false
	}
	r := ask(skipped)
	if ctx.Value(connectingKey{}) != nil {
		r.Operation = "connect"
	}
	return logStamp{
		Time: r.Time.UnixMilli(), Request: r.Request, Credential: string(r.Credential), Operation: r.Operation,
		Status: r.Status, Deviations: r.Deviations,
		Ignored: firstOf(r.Ignored, maxNamed), Skipped: firstOf(r.Skipped, maxNamed), SkippedAll: len(r.Skipped),
	}, true
}

// json returns the record as an item has it.
func (s logStamp) json() string {
	data, _ := json.Marshal(s) // it has texts and numbers only
	return string(data)
}

func (s logStamp) addTo(item table.Item) { item["log"] = s.json() }

// maxNamed is how many ignored attributes and skipped members a record names.
const maxNamed = 10

func firstOf[T any](list []T, most int) []T { return list[:min(len(list), most)] }
