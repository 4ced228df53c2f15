package eventbus_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/eventbus"
)

// service stands in for EventBridge. Entries with the detail type "fails" fail.
type service struct {
	calls [][]map[string]any
	down  bool // every call fails

	stalls int // so many calls get no more than the head of an answer
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Entries []map[string]any }
	err := json.NewDecoder(r.Body).Decode(&in)
	if err != nil || s.down || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"ResourceNotFoundException","message":"no such bus"}`))
		return
	}
	s.calls = append(s.calls, in.Entries)
	if len(s.calls) <= s.stalls {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return
	}
	var results []map[string]string
	for _, e := range in.Entries {
		if e["DetailType"] == "fails" {
			results = append(results, map[string]string{"ErrorCode": "InternalFailure", "ErrorMessage": "try again"})
			continue
		}
		results = append(results, map[string]string{"EventId": "1"})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"Entries": results})
}

func newBus(t *testing.T) (*eventbus.Bus, *service) {
	t.Helper()
	s := &service{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "local")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "local")
	t.Setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", server.URL)
	bus, err := eventbus.Open("bus", "scim.stack")
	if err != nil {
		t.Fatal(err)
	}
	return bus, s
}

// event makes an event of a type, with about size bytes.
func event(kind string, size int) json.RawMessage {
	const format = `{"type":%q,"time":"2026-11-28T12:00:00.123Z","x":%q}`
	return json.RawMessage(fmt.Sprintf(format, kind, strings.Repeat("x", size)))
}

func TestEntries(t *testing.T) {
	bus, s := newBus(t)
	e := event("user.created", 1)
	if pushed, failed := bus.Push(t.Context(), []json.RawMessage{e}); pushed != 1 || len(failed) > 0 {
		t.Fatalf("%d pushed, %v", pushed, failed)
	}
	want := map[string]any{
		"EventBusName": "bus",
		"Source":       "scim.stack",
		"DetailType":   "user.created",
		"Detail":       string(e),
		"Time":         1795867200.123,
	}
	if diff := cmp.Diff(want, s.calls[0][0]); diff != "" {
		t.Error(diff)
	}
}

// TestBatches: a call has at most 10 entries and 256 KB.
func TestBatches(t *testing.T) {
	bus, s := newBus(t)
	var events []json.RawMessage
	for range 13 {
		events = append(events, event("small", 10))
	}
	for range 4 {
		events = append(events, event("large", 120<<10))
	}
	if pushed, failed := bus.Push(t.Context(), events); pushed != 17 || len(failed) > 0 {
		t.Fatalf("%d pushed, %v", pushed, failed)
	}
	var sizes []int
	for _, call := range s.calls {
		sizes = append(sizes, len(call))
	}
	if got := fmt.Sprint(sizes); got != "[10 5 2]" {
		t.Errorf("calls of %s entries", got)
	}
}

// TestStalledAnswer: an attempt whose answer stops half way is given up, and another one follows.
func TestStalledAnswer(t *testing.T) {
	_, s := newBus(t)
	s.stalls = 1
	bus, err := eventbus.OpenLimited("bus", "scim.stack", 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if pushed, failed := bus.Push(ctx, []json.RawMessage{event("user.created", 1)}); pushed != 1 || len(failed) > 0 {
		t.Errorf("%d pushed in %d calls, %v", pushed, len(s.calls), failed)
	}
}

// TestFailures: Push returns the error of an entry that fails, and the entries of the same
// call that succeed. It makes no further call.
func TestFailures(t *testing.T) {
	bus, s := newBus(t)
	var events []json.RawMessage
	for i := range 25 {
		kind := "ok"
		if i == 12 {
			kind = "fails"
		}
		events = append(events, event(kind, 1))
	}
	pushed, failed := bus.Push(t.Context(), events)
	if pushed != 19 || len(failed) != 1 || len(s.calls) != 2 {
		t.Errorf("%d pushed in %d calls, %v", pushed, len(s.calls), failed)
	}
	if !strings.Contains(fmt.Sprint(failed[12]), "InternalFailure: try again") {
		t.Errorf("the error is %v", failed[12])
	}
	s.down = true
	pushed, failed = bus.Push(t.Context(), events[:2])
	if pushed != 0 || len(failed) != 2 || !strings.Contains(fmt.Sprint(failed[0]), "no such bus") {
		t.Errorf("%d pushed, %v", pushed, failed)
	}
	if pushed, failed := bus.Push(t.Context(), []json.RawMessage{json.RawMessage("{")}); pushed != 0 ||
		failed[0] == nil {
		t.Errorf("an invalid event: %d pushed, %v", pushed, failed)
	}
}
