package eventbus_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/eventbus"
)

// service stands in for EventBridge. It takes what the service takes, and fails the entries
// whose detail type is fails.
type service struct {
	calls   [][]map[string]any
	refuses bool // each call
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Entries []map[string]any }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || s.refuses || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"ResourceNotFoundException","message":"no such bus"}`))
		return
	}
	s.calls = append(s.calls, in.Entries)
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
	for name, value := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_ENDPOINT_URL_EVENTBRIDGE": server.URL,
	} {
		t.Setenv(name, value)
	}
	bus, err := eventbus.Open("bus", "scim.stack")
	if err != nil {
		t.Fatal(err)
	}
	return bus, s
}

// event makes an event of a type and about that size.
func event(kind string, size int) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"type":%q,"time":"2026-11-28T12:00:00.123Z","x":%q}`, kind, strings.Repeat("x", size)))
}

func TestEntries(t *testing.T) {
	bus, s := newBus(t)
	e := event("user.created", 1)
	if pushed, failed := bus.Push(t.Context(), []json.RawMessage{e}); pushed != 1 || len(failed) > 0 {
		t.Fatalf("%d pushed, %v", pushed, failed)
	}
	want := map[string]any{
		"EventBusName": "bus", "Source": "scim.stack", "DetailType": "user.created", "Detail": string(e), "Time": 1795867200.123,
	}
	if diff := cmp.Diff(want, s.calls[0][0]); diff != "" {
		t.Error(diff)
	}
}

// TestBatches: a call has at most 10 entries, and at most 256 KB in all.
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

// TestFailures: an entry that fails is told apart from those that are pushed, and nothing
// behind its call is tried.
func TestFailures(t *testing.T) {
	bus, s := newBus(t)
	var events []json.RawMessage
	for i := range 25 {
		events = append(events, event([]string{"ok", "fails"}[min(i%13/12, 1)], 1)) // the 13th and the 26th
	}
	pushed, failed := bus.Push(t.Context(), events)
	if pushed != 19 || len(failed) != 1 || !strings.Contains(fmt.Sprint(failed[12]), "InternalFailure: try again") || len(s.calls) != 2 {
		t.Errorf("%d pushed in %d calls, %v", pushed, len(s.calls), failed)
	}
	s.refuses = true
	if pushed, failed := bus.Push(t.Context(), events[:2]); pushed != 0 || len(failed) != 2 || !strings.Contains(fmt.Sprint(failed[0]), "no such bus") {
		t.Errorf("%d pushed, %v", pushed, failed)
	}
	if pushed, failed := bus.Push(t.Context(), []json.RawMessage{json.RawMessage("{")}); pushed != 0 || failed[0] == nil {
		t.Errorf("a damaged event: %d pushed, %v", pushed, failed)
	}
}
