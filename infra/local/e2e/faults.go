package e2e

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/shared/testkit/fault"
)

// ItemLocks makes the engine cancel writes that overlap, as the service does.
func ItemLocks(next http.RoundTripper) http.RoundTripper {
	return fault.ItemLocks(next, func() time.Duration { return 10*time.Millisecond + rand.N(10*time.Millisecond) })
}

// Mode switches the engine of a test of concurrent requests: DynamoDB Local as it is, which
// never reports a conflict, or with item locks. Its Wrap is a stack.Options.Transport.
type Mode struct {
	Locked        atomic.Bool
	plain, locked http.RoundTripper
}

// Wrap stands between the functions and the engine.
func (m *Mode) Wrap(next http.RoundTripper) http.RoundTripper {
	m.plain, m.locked = next, ItemLocks(next)
	return m
}

// RoundTrip implements http.RoundTripper.
func (m *Mode) RoundTrip(r *http.Request) (*http.Response, error) {
	if m.Locked.Load() {
		return m.locked.RoundTrip(r)
	}
	return m.plain.RoundTrip(r)
}

// Both runs a test in both modes, one after the other.
func (m *Mode) Both(t *testing.T, f func(t *testing.T, mode string)) {
	t.Helper()
	for _, mode := range []string{"plain", "item-locks"} {
		t.Run(mode, func(t *testing.T) {
			m.Locked.Store(mode == "item-locks")
			defer m.Locked.Store(false)
			f(t, mode)
		})
	}
}

// Log is a log that may be read while it is written.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// ProcessesOnly keeps a test out of the run under the race detector (-short): the
// functions are processes of their own, which the detector does not see.
func ProcessesOnly(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("the functions are processes of their own, of which the race detector sees nothing")
	}
}
