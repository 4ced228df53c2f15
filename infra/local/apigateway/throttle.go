package apigateway

import (
	"sync"

	"golang.org/x/time/rate"
)

// Limits returns the limits of a caller's requests and the name under which they count,
// from the authorizer's context.
type Limits func(authorized map[string]any) (name string, perSecond, burst int)

// throttle keeps a token bucket for each name, as a usage plan does for each API key.
type throttle struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

// allows takes a request out of a bucket. Changed limits apply immediately.
func (t *throttle) allows(name string, perSecond, burst int) bool {
	return t.bucket(name, rate.Limit(perSecond), burst).Allow()
}

func (t *throttle) bucket(name string, limit rate.Limit, burst int) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.buckets[name]
	if b == nil {
		b = rate.NewLimiter(limit, burst)
		if t.buckets == nil {
			t.buckets = map[string]*rate.Limiter{}
		}
		t.buckets[name] = b
	}
	if b.Limit() != limit {
		b.SetLimit(limit)
	}
	if b.Burst() != burst {
		b.SetBurst(burst)
	}
	return b
}
