package admin

import (
	"context"
	"time"

	"scimserver/shared/tenant"
	"scimserver/shared/trace"
)

// StartTrace begins to record a tenant's requests. It ends the previous trace.
func (s *Service) StartTrace(ctx context.Context, id tenant.ID, in TraceStart) (Trace, error) {
	d := time.Duration(in.Seconds) * time.Second
	if in.Seconds < 1 || in.Seconds > int64(trace.MaxDuration/time.Second) {
		return Trace{}, invalid("seconds must be between 1 and %d", int64(trace.MaxDuration/time.Second))
	}
	if err := s.requireTenant(ctx, id); err != nil {
		return Trace{}, err
	}
	now := s.Now().UTC()
	started := tenant.Trace{
		Began: now.Truncate(time.Millisecond), End: now.Add(d).Truncate(time.Second), Values: in.Values,
	}
	// The trace's item is written first, so that a function that learns of the trace finds it.
	traces := s.Directory.For(id).Traces()
	if err := traces.Begin(ctx, started); err != nil {
		return Trace{}, err
	}
	before, err := s.replaceTrace(ctx, id, func(tenant.Trace) tenant.Trace { return started })
	if err == nil && !before.End.IsZero() {
		err = traces.End(ctx, before)
	}
	return s.toTrace(started, 0), err
}

// EndTrace ends a tenant's trace. What it has recorded stays until it expires. It is idempotent.
func (s *Service) EndTrace(ctx context.Context, id tenant.ID) (Trace, error) {
	now := s.Now().UTC().Truncate(time.Second)
	before, err := s.replaceTrace(ctx, id, func(t tenant.Trace) tenant.Trace {
		if t.On(now) {
			t.End = now
		}
		return t
	})
	if err != nil || before.End.IsZero() {
		return s.toTrace(before, 0), err
	}
	if err := s.Directory.For(id).Traces().End(ctx, before); err != nil {
		return Trace{}, err
	}
	return s.Trace(ctx, id)
}

// replaceTrace changes the trace in a tenant's record, and returns the previous one.
func (s *Service) replaceTrace(
	ctx context.Context, id tenant.ID, change func(tenant.Trace) tenant.Trace,
) (before tenant.Trace, err error) {
	_, err = s.Directory.Tenants().ChangeTenant(ctx, id, func(t *tenant.Tenant) error {
		if t.State == tenant.Deleting {
			return beingDeleted(id)
		}
		before, t.Trace = t.Trace, change(t.Trace)
		return nil
	})
	return before, err
}

// Trace returns the newest trace of a tenant.
func (s *Service) Trace(ctx context.Context, id tenant.ID) (Trace, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil || t.Trace.End.IsZero() {
		return s.toTrace(t.Trace, 0), err
	}
	n, err := s.Directory.For(id).Traces().Count(ctx, t.Trace)
	return s.toTrace(t.Trace, n), err
}

func (s *Service) toTrace(t tenant.Trace, recorded int) Trace {
	out := Trace{
		On: t.On(s.Now()) && recorded < trace.MaxRequests, Values: t.Values, Recorded: recorded,
		Most: trace.MaxRequests, WithinSeconds: int(s.CacheTime / time.Second),
	}
	if !t.End.IsZero() {
		out.Began, out.End = &t.Began, &t.End
	}
	return out
}

// TraceQuery selects recorded requests.
type TraceQuery struct {
	After string // the position of the last request that the caller has; "" for none
	Limit int
	Wait  time.Duration // how long to wait for a request if there is none
}

// TraceRequests returns recorded requests of a tenant. If there is none, it looks again until the
// wait is over.
func (s *Service) TraceRequests(ctx context.Context, id tenant.ID, q TraceQuery) (TraceRequests, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return TraceRequests{}, err
	}
	traces := s.Directory.For(id).Traces()
	waiting, cancel := context.WithTimeout(ctx, q.Wait)
	defer cancel()
	for {
		page, err := traces.Page(ctx, q.After, q.Limit)
		if err != nil {
			return TraceRequests{}, err
		}
		if n := len(page); n > 0 {
			return TraceRequests{Requests: page, Last: page[n-1].Position}, nil
		}
		if !pause(waiting, eventInterval) {
			return TraceRequests{Requests: page, Last: q.After}, nil
		}
	}
}
