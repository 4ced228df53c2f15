// Package eventbus stands in for Amazon EventBridge in the local stack. It accepts the events that
// functions put on the buses of a template, and prints a line for each.
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
	// Policies are the policies of the functions, by the function's logical id. Functions sign their
	// requests with this id as the access key id.
	Policies map[string]*iam.Policy

	arns map[string]string // by name
	log  io.Writer
}

// entry is one event of a call.
type entry struct {
	EventBusName, Source, DetailType, Detail string
}

// result is the result of an entry: an id or an error.
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
		refuse(w, "InvalidAction", "the local stack supports only PutEvents")
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

// checkLimits returns the reason why EventBridge rejects a call, or "".
func checkLimits(entries []entry) string {
	size := 0
	for _, e := range entries {
		size += len(e.Source) + len(e.DetailType) + len(e.Detail)
	}
	switch {
	case len(entries) == 0 || len(entries) > maxEntries:
		return fmt.Sprintf("a call must have 1 to %d entries", maxEntries)
	case size > maxBytes:
		return fmt.Sprintf("the entries have %d bytes, but a call may have only %d", size, maxBytes)
	}
	return ""
}

// put accepts one event. EventBridge does not distinguish an unknown bus from one that the caller may
// not use.
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

// print prints a line for an event, without personal data, as in the logs of functions.
func (b *Buses) print(e entry) {
	var detail struct {
		Tenant   string
		Sequence int64
		Resource struct{ ID string }
	}
	_ = json.Unmarshal([]byte(e.Detail), &detail) // other sources may have other fields
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
