package fault

import (
	"context"
	"io"
	"net/http"
	"sync"
)

// Late breaks the connection before the engine has received the call, and keeps the call.
// Arrive delivers it, possibly long after its sender has retried. It is safe for
// concurrent use.
type Late struct {
	mu   sync.Mutex
	kept []func() error
}

// Fault keeps the call.
func (l *Late) Fault(c *call, next http.RoundTripper) (*http.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, func() error {
		c.request = c.request.WithContext(context.WithoutCancel(c.request.Context()))
		res, err := c.send(next)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, res.Body)
		return res.Body.Close()
	})
	return nil, errReset()
}

// Arrive delivers the kept calls in their order and returns their number. Their answers
// are discarded. The error is that of a call that could not reach the engine.
func (l *Late) Arrive() (n int, err error) {
	l.mu.Lock()
	calls := l.kept
	l.kept = nil
	l.mu.Unlock()
	for _, deliver := range calls {
		if err := deliver(); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
