package console

import (
	"context"
	"sync"
	"time"
)

// memo remembers answers for a minute, and reads a few of them at the same time in the background.
// A page waits for an answer only a moment, and is refreshed by the browser until it is there.
type memo[V any] struct {
	mu      sync.Mutex
	entries map[string]*entry[V]
	slots   chan struct{}
}

type entry[V any] struct {
	done  chan struct{} // closed when value and err are there
	value V
	err   error
	until time.Time // not set while it is being read
}

// maxParallel is how many answers a memo reads at the same time.
const maxParallel = 8

func newMemo[V any]() *memo[V] {
	return &memo[V]{entries: map[string]*entry[V]{}, slots: make(chan struct{}, maxParallel)}
}

// start begins to read an answer, unless it is known or being read. Only timeout
// limits the reading: it goes on when the page that asked for it has been sent.
func (m *memo[V]) start(key string, timeout time.Duration, read func(context.Context) (V, error)) *entry[V] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.entries[key]; e != nil && (e.until.IsZero() || time.Now().Before(e.until)) {
		return e
	}
	e := &entry[V]{done: make(chan struct{})}
	m.entries[key] = e
	go func() {
		m.slots <- struct{}{}
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		value, err := read(ctx)
		cancel()
		<-m.slots
		m.mu.Lock()
		e.value, e.err, e.until = value, err, time.Now()
		if err == nil {
			e.until = e.until.Add(memoLife)
		}
		m.mu.Unlock()
		close(e.done)
	}()
	return e
}

// wait reports whether the answer is there before the context ends.
func (e *entry[V]) wait(ctx context.Context) bool {
	select {
	case <-e.done:
		return true
	case <-ctx.Done():
	}
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// forget lets the next page read an answer again, because something has changed it.
func (m *memo[V]) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, key)
}

// known returns an answer if it is there.
func (m *memo[V]) known(key string) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.entries[key]
	if e == nil || e.until.IsZero() || e.err != nil {
		return value, false
	}
	return e.value, true
}

// put stores an answer that a page has read by itself.
func (m *memo[V]) put(key string, value V) {
	e := &entry[V]{done: make(chan struct{}), value: value, until: time.Now().Add(memoLife)}
	close(e.done)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries[key] = e
}
