package stack

import (
	"context"
	"sync"
	"time"

	"scimserver/infra/local/apigateway"
	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

const (
	// limitsKnown is how long a tenant's limits are cached.
	limitsKnown = time.Second
	// limitsRead is the longest time to read them for the first time. The engine of a busy machine takes
	// seconds.
	limitsRead = 20 * time.Second
)

// limits are the limits in the tenants' records. Here each tenant counts as if it had an
// API key of its own.
type limits struct {
	open func() (*directory.Directory, error)

	mu    sync.Mutex
	known map[string]known
}

type known struct {
	tenant.Limits
	until time.Time
}

// of implements apigateway.Limits.
func (l *limits) of(authorized map[string]any) (name string, perSecond, burst int) {
	name, _ = authorized["tenant"].(string)
	found := l.find(name)
	return name, found.RequestsPerSecond, found.Burst
}

func (l *limits) find(name string) tenant.Limits {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, again := l.known[name]
	if again && time.Now().Before(last.until) {
		return last.Limits
	}
	wait := limitsRead
	if again {
		wait = limitsKnown
	}
	found, ok := l.read(name, wait)
	if !ok {
		found = last.Limits
	}
	if found == (tenant.Limits{}) {
		found = tenant.DefaultLimits()
	}
	l.known[name] = known{found, time.Now().Add(limitsKnown)}
	return found
}

// read reads the limits from the engine. While it restarts, the last limits apply.
func (l *limits) read(name string, wait time.Duration) (tenant.Limits, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	d, err := l.open()
	if err != nil {
		return tenant.Limits{}, false
	}
	t, err := d.Tenants().Tenant(ctx, tenant.ID(name))
	return t.Limits, err == nil
}

func (s *Stack) limits() apigateway.Limits {
	l := &limits{known: map[string]known{}, open: func() (*directory.Directory, error) {
		return directory.Open(directory.Options{
			Table: s.settings.Table, Scope: directory.Scope(s.settings.Scope), Endpoint: s.EngineEndpoint(),
			Budget: limitsRead,
		})
	}}
	return l.of
}
