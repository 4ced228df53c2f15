package directory

import (
	"context"
	"encoding/json"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// LogRecord describes a provider's request. The write of the user or group stores it in the item
// as the log stamp, and function changes makes the entry of the provisioning log from it. So a
// request makes no extra call for the log.
type LogRecord struct {
	Time       time.Time
	Request    string
	Credential tenant.KeyID
	Operation  string
	Status     int // the status of the response if the request succeeds
	Deviations []string
	Ignored    []string  // attributes that the resource type does not have
	Skipped    []scim.ID // members that are left out because they do not exist
}

type logRecordKey struct{}

// WithLogRecord returns a context for a request. The write of the request's change includes the
// result of record, which is called for each attempt of the write. skipped are the members that
// are left out because they do not exist.
func WithLogRecord(ctx context.Context, record func(skipped []scim.ID) LogRecord) context.Context {
	return context.WithValue(ctx, logRecordKey{}, record)
}

type connectingKey struct{}

// connecting returns a context in which the change is recorded as a connection. The caller of
// Create can't know beforehand whether its request connects an account or a team.
func connecting(ctx context.Context) context.Context {
	return context.WithValue(ctx, connectingKey{}, true)
}

// logStamp is a LogRecord as an item stores it. It is small, because it adds to the capacity
// units of every access to the item.
type logStamp struct {
	Time       int64     `json:"t"` // milliseconds
	Request    string    `json:"r"`
	Credential string    `json:"c,omitempty"`
	Operation  string    `json:"o"`
	Status     int       `json:"s"`
	Deviations []string  `json:"d,omitempty"`
	Members    bool      `json:"m,omitempty"` // the members change; they are not in the document
	Ignored    []string  `json:"i,omitempty"`
	Skipped    []scim.ID `json:"k,omitempty"` // the first skipped members
	SkippedAll int       `json:"n,omitempty"` // the number of all skipped members
	Added      string    `json:"a,omitempty"` // the first added members, see packMember
	AddedAll   int       `json:"b,omitempty"` // the number of all added members
	Removed    string    `json:"e,omitempty"` // the first removed members
	RemovedAll int       `json:"f,omitempty"` // the number of all removed members
}

// addLogStamp adds the log stamp of the request to the item or update of a resource whose members
// do not change. Without a provider's request, the item keeps its log stamp: only a new stamp makes
// a log entry.
func addLogStamp(ctx context.Context, item table.Item) {
	if stamp, ok := newLogStamp(ctx, nil); ok {
		stamp.addTo(item)
	}
}

// newLogStamp returns the log stamp of the request. ok is false if the change is not made by a
// provider's request.
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

// json returns the log stamp as an item stores it.
func (s logStamp) json() string {
	data, _ := json.Marshal(s) // never fails: the fields are texts and numbers
	return string(data)
}

func (s logStamp) addTo(item table.Item) { item["log"] = s.json() }

// maxNamed is the maximum number of ignored attributes in a log stamp, and of skipped members.
const maxNamed = 10

func firstOf[T any](list []T, most int) []T { return list[:min(len(list), most)] }
