package throughput

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"scimserver/infra/local/stack"
)

// function is the logical id of the function whose calls are recorded.
const function = "UsersFunction"

// call is a call of the function to the engine.
type call struct {
	header http.Header
	body   []byte
}

// recorder keeps the calls of the function that pass through its transport.
type recorder struct {
	mu    sync.Mutex
	calls []call
}

// transport implements stack.Options.Transport.
func (r *recorder) transport(next http.RoundTripper) http.RoundTripper { return recording{r, next} }

type recording struct {
	*recorder
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (r recording) RoundTrip(request *http.Request) (*http.Response, error) {
	if stack.Caller(request) != function {
		return r.next.RoundTrip(request)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	r.keep(call{header: request.Header.Clone(), body: body})
	request = request.Clone(request.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	return r.next.RoundTrip(request)
}

func (r *recorder) keep(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}

// take returns the calls since the last time.
func (r *recorder) take() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}
