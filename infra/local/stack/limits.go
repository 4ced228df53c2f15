package stack

import (
	"context"
	"sync"
	"time"

	"scimserver/infra/local/apigateway"
	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// limitsKnown is how long a tenant's limits are cached.
const limitsKnown = time.Second

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
	if k, ok := l.known[name]; ok && time.Now().Before(k.until) {
		return k.Limits
	}
	found, ok := l.read(name)
	if !ok {
		found = l.known[name].Limits
	}
	if found == (tenant.Limits{}) {
		found = tenant.DefaultLimits()
	}
	l.known[name] = known{found, time.Now().Add(limitsKnown)}
	return found
}

// read reads the limits from the engine. While it restarts, the last limits apply.
func (l *limits) read(name string) (tenant.Limits, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), limitsKnown)
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
			Budget: limitsKnown,
		})
	}}
	return l.of
}
