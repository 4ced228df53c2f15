// Package eventbus replaces Amazon EventBridge: it takes the events that functions put on
// the buses of a template, and prints a line for each.
package eventbus

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"

	"scimserver/infra/local/iam"
	"scimserver/infra/local/template"
)

const (
	action = "events:PutEvents"
	target = "AWSEvents.PutEvents"
	// maxEntries and maxBytes bound a call (EventBridge API Reference, PutEvents; EventBridge User
	// Guide, "Calculating PutEvents event entry size").
	maxEntries = 10
	maxBytes   = 256 << 10
)

// Buses are the event buses of a template.
type Buses struct {
	// Policies are the functions' policies by logical id, which is the access key id of
	// the function.
	Policies map[string]*iam.Policy

	arns map[string]string // by name
	log  io.Writer
}

// entry is an event of a call.
type entry struct {
	EventBusName, Source, DetailType, Detail string
}

// result is the answer to an entry: an id, or an error.
type result struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// New returns the buses that a template declares. Events are printed to log.
func New(s *template.Stack, policies map[string]*iam.Policy, log io.Writer) *Buses {
	b := &Buses{Policies: policies, arns: map[string]string{}, log: log}
	for _, r := range s.OfType("AWS::Events::EventBus") {
		b.arns[r.PhysicalName] = r.ARN
	}
	return b
}

// ServeHTTP answers PutEvents.
func (b *Buses) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var call struct{ Entries []entry }
	err := json.NewDecoder(io.LimitReader(r.Body, 4*maxBytes)).Decode(&call)
	if err != nil || r.Header.Get("X-Amz-Target") != target {
		refuse(w, "InvalidAction", "the local stack knows PutEvents only")
		return
	}
	if text := checkLimits(call.Entries); text != "" {
		refuse(w, "ValidationException", text)
		return
	}
	caller := iam.Caller(r)
	results, failed := make([]result, len(call.Entries)), 0
	for i, e := range call.Entries {
		if results[i] = b.put(caller, e); results[i].ErrorCode != "" {
			failed++
		}
	}
	answer(w, http.StatusOK, map[string]any{"Entries": results, "FailedEntryCount": failed})
}

// checkLimits returns why EventBridge refuses a call, or "".
func checkLimits(entries []entry) string {
	size := 0
	for _, e := range entries {
		size += len(e.Source) + len(e.DetailType) + len(e.Detail)
	}
	switch {
	case len(entries) == 0 || len(entries) > maxEntries:
		return fmt.Sprintf("a call takes 1 to %d entries", maxEntries)
	case size > maxBytes:
		return fmt.Sprintf("the entries of a call have %d bytes, and the limit is %d", size, maxBytes)
	}
	return ""
}

// put takes one event. EventBridge answers an unknown bus as one that the caller may not use.
func (b *Buses) put(caller string, e entry) result {
	arn := b.arns[e.EventBusName]
	if p := b.Policies[caller]; arn == "" || p == nil || !p.Allows(iam.Request{Action: action, Resource: arn}) {
		return result{
			ErrorCode:    "NotAuthorizedForSourceException",
			ErrorMessage: caller + " is not authorized to perform " + action,
		}
	}
	if e.Source == "" || e.DetailType == "" || !json.Valid([]byte(e.Detail)) {
		return result{
			ErrorCode: "MalformedDetail", ErrorMessage: "an entry needs a source, a detail type and a JSON detail",
		}
	}
	b.print(e)
	return result{EventID: uuid.NewString()}
}

// print prints a line without the names and values of persons: what a function logs has none, either.
func (b *Buses) print(e entry) {
	var detail struct {
		Tenant   string
		Sequence int64
		Resource struct{ ID string }
	}
	_ = json.Unmarshal([]byte(e.Detail), &detail) // another source may have another form
	_, _ = fmt.Fprintf(b.log, "event | %d %s tenant=%q id=%q\n",
		detail.Sequence, e.DetailType, detail.Tenant, detail.Resource.ID)
}

func refuse(w http.ResponseWriter, code, text string) {
	answer(w, http.StatusBadRequest, map[string]any{"__type": code, "message": text})
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
