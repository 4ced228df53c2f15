package apigateway

import (
	"sync"

	"golang.org/x/time/rate"
)

// Limits says how many requests a caller may send, from what the authorizer said
// of it, and under which name they count.
type Limits func(authorized map[string]any) (name string, perSecond, burst int)

// throttle keeps a bucket of requests per name, as a usage plan does per API key.
type throttle struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

// allows takes a request out of a bucket. Limits that have changed hold at once.
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
