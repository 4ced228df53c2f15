package main

import (
	"context"
	"net/http"
	"time"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
	"scimserver/shared/trace"
)

// followTrace prints requests until the trace or the context ends. It can begin the trace. If the trace began
// before, it first prints what was recorded until now.
func (s *session) followTrace(ctx context.Context, tenant string, o traceOptions) error {
	var state admin.Trace
	method, in := http.MethodGet, any(nil)
	if o.seconds > 0 {
		method, in = http.MethodPut, admin.TraceStart{Seconds: o.seconds, Values: o.values}
	}
	if err := s.client.Do(ctx, method, tracePath(tenant), in, &state); err != nil {
		return err
	}
	s.notify("%s\n", describeTrace(state))
	after := ""
	if state.Began != nil {
		after = scim.FormatTime(*state.Began) + "#000"
	}
	for ended := false; !ended; {
		page, err := s.tracePage(ctx, tenant, after, eventWait)
		if err := s.survives(ctx, err); err != nil || ctx.Err() != nil {
			return err
		}
		switch {
		case err != nil:
			apiclient.Sleep(ctx, time.Second)
			continue
		case len(page.Requests) == 0:
			ended, err = s.traceEnded(ctx, tenant)
		default:
			err = s.printTraced(page.Requests)
		}
		if after = page.Last; err != nil {
			return err
		}
	}
	return nil
}

// traceEnded reports whether no more requests are recorded.
func (s *session) traceEnded(ctx context.Context, tenant string) (bool, error) {
	var state admin.Trace
	err := s.client.Do(ctx, http.MethodGet, tracePath(tenant), nil, &state)
	if err := s.survives(ctx, err); err != nil || ctx.Err() != nil {
		return ctx.Err() != nil, err
	}
	if err == nil && !state.On {
		s.notify("%s\n", describeTrace(state))
		return true, nil
	}
	return false, nil
}

func (s *session) printTraced(requests []trace.Request) error {
	if s.json {
		return writeLines(s.out, requests)
	}
	for _, r := range requests {
		describeTraced(s.out, r)
	}
	return nil
}
