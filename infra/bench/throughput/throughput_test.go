package throughput

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// A recorded transaction is sent for the other table and with a new token; its items stay.
func TestRewritten(t *testing.T) {
	e := engine{from: "a", to: "b"}
	c := call{body: []byte(`{"ClientRequestToken":"x-1","TransactItems":[` +
		`{"Put":{"Item":{"PK":{"S":"ab"}},"TableName":"a"}}]}`)}
	want := `{"ClientRequestToken":"again-7","TransactItems":[` +
		`{"Put":{"Item":{"PK":{"S":"ab"}},"TableName":"b"}}]}`
	if got := string(e.rewritten(c, 7).body); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Calls of others than the measured function pass and are not kept.
func TestOtherCallersAreNotRecorded(t *testing.T) {
	var r recorder
	r.keep(call{})
	r.take()
	passed := false
	next := transport(func(*http.Request) (*http.Response, error) { passed = true; return nil, nil })
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.transport(next).RoundTrip(request); err != nil || !passed || len(r.take()) != 0 {
		t.Errorf("passed %v, %v", passed, err)
	}
}

func TestEach(t *testing.T) {
	var sum atomic.Int64
	took, err := each(100, 4, func(i int) error { sum.Add(int64(i)); return nil })
	if took <= 0 || err != nil || sum.Load() != 4950 {
		t.Errorf("%v, %v, sum %d", took, err, sum.Load())
	}
	broken := errors.New("broken")
	if _, err := each(3, 2, func(int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
}

func TestMedians(t *testing.T) {
	rounds := [][]Row{
		{{Stack: 1, Engine: 10, EngineCPU: 3}}, {{Stack: 9, Engine: 10}}, {{Stack: 50, Engine: 100, FunctionCPU: 6}},
	}
	if got, want := medians(rounds)[0], (Row{Stack: 50, Engine: 100, FunctionCPU: 2, EngineCPU: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
