package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/trace"
)

// traceOptions is what the flags of trace say.
type traceOptions struct {
	seconds             int64 // of the trace to begin; 0 begins none
	values, follow, off bool
}

func traceCommand() *cli.Command {
	var o traceOptions
	return command("trace", "TENANT", "show the SCIM requests that were recorded; with -for: record them for a while",
		func(ctx context.Context, s *session, args []string) error { return s.trace(ctx, args[0], o) },
		valueFlag("for", "begin to record, for this `DURATION` (30m, 2h; at most 24h)", func(v string) (err error) {
			o.seconds, err = parseSeconds(v)
			if most := int64(trace.MaxDuration / time.Second); err == nil && (o.seconds < 1 || o.seconds > most) {
				err = fmt.Errorf("the duration must be from 1s to %.0fh", trace.MaxDuration.Hours())
			}
			return err
		}),
		&cli.BoolFlag{Name: "values", HideDefault: true, Destination: &o.values,
			Usage: "with -for: record values too, which are personal data; secrets are never recorded"},
		&cli.BoolFlag{Name: "follow", HideDefault: true, Destination: &o.follow,
			Usage: "print requests as they come, until the trace ends or Ctrl-C; JSON: one line per request"},
		&cli.BoolFlag{Name: "off", HideDefault: true, Destination: &o.off,
			Usage: "end the recording; what was recorded stays for 24 hours"},
	)
}

func (s *session) trace(ctx context.Context, tenant string, o traceOptions) error {
	switch {
	case o.off && (o.seconds > 0 || o.follow):
		return usageError("-off ends the recording: leave out -for and -follow")
	case o.values && o.seconds == 0:
		return usageError("-values belongs to -for")
	case o.off:
		return s.changeTrace(ctx, http.MethodDelete, tenant, nil)
	case o.seconds > 0 && !o.follow:
		return s.changeTrace(ctx, http.MethodPut, tenant, admin.TraceStart{Seconds: o.seconds, Values: o.values})
	case o.follow:
		return s.followTrace(ctx, tenant, o)
	}
	return s.showTrace(ctx, tenant)
}

// changeTrace switches a trace on or off, and shows its state.
func (s *session) changeTrace(ctx context.Context, method, tenant string, in any) error {
	var t admin.Trace
	if err := s.client.Do(ctx, method, tracePath(tenant), in, &t); err != nil {
		return err
	}
	return s.print(t, func(w io.Writer) { row(w, describeTrace(t)) })
}

func tracePath(tenant string) string { return tenantPath(tenant) + "/trace" }

// describeTrace says in a sentence whether requests are recorded.
func describeTrace(t admin.Trace) string {
	switch {
	case t.Began == nil:
		return wording.Trace(t) + "; -for 30m begins to record"
	case t.On:
		return wording.Trace(t) + wording.TraceDelay(t, time.Now())
	case t.Recorded >= t.Most:
		return wording.Trace(t) + "; -for begins another one"
	}
	return wording.Trace(t)
}

// showTrace shows all recorded requests.
func (s *session) showTrace(ctx context.Context, tenant string) error {
	all := admin.TraceRequests{Requests: []trace.Request{}}
	for {
		page, err := s.tracePage(ctx, tenant, all.Last, 0)
		if err != nil {
			return err
		}
		if len(page.Requests) == 0 {
			break
		}
		all.Requests, all.Last = append(all.Requests, page.Requests...), page.Last
	}
	var state admin.Trace
	if err := s.client.Do(ctx, http.MethodGet, tracePath(tenant), nil, &state); err != nil {
		return err
	}
	s.notify("%s\n", describeTrace(state))
	return s.print(all, func(w io.Writer) {
		for _, r := range all.Requests {
			describeTraced(w, r)
		}
		noRows(w, len(all.Requests))
	})
}

func (s *session) tracePage(
	ctx context.Context, tenant, after string, wait int,
) (page admin.TraceRequests, err error) {
	query := url.Values{"wait": {strconv.Itoa(wait)}}
	if after != "" {
		query.Set("after", after)
	}
	err = s.client.Do(ctx, http.MethodGet, tracePath(tenant)+"/requests?"+query.Encode(), nil, &page)
	return page, err
}

// describeTraced shows a request and its answer in the form of HTTP messages.
func describeTraced(w io.Writer, r trace.Request) {
	target := r.Path
	if r.Query != "" {
		target += "?" + r.Query
	}
	row(w, fmt.Sprintf("%s  %s %s  %d  %.0f ms  credential %s  request %s",
		wording.Second(r.Time), r.Method, target, r.Status, r.Milliseconds, r.Credential, r.ID))
	describeMessage(w, "  > ", r.Sent)
	describeMessage(w, "  < ", r.Answer)
}

func describeMessage(w io.Writer, mark string, m trace.Message) {
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		row(w, mark+name+": "+m.Headers[name])
	}
	if m.Body != "" {
		row(w, mark+m.Body)
	}
	switch {
	case m.Note != "":
		row(w, fmt.Sprintf("%s(%s; it has %d bytes)", mark, m.Note, m.Size))
	case m.Cut:
		row(w, fmt.Sprintf("%s(cut; the body has %d bytes)", mark, m.Size))
	}
}
