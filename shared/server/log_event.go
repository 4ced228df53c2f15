package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/compat"
)

// event collects what the log line of a request says. It holds no attribute
// value, token, id of a person's or path: those are never logged.
type event struct {
	start     time.Time
	route     string // the pattern, not the path
	operation string
	writes    directory.Kind // of which the operation writes a resource; "" if none
	status    int
	err       *scim.Error
	repairs   compat.Repairs

	conflicts        []directory.ConflictID // of the values that the request lost, in their order
	unnoted          error                  // why the ledger of conflicts knows nothing of them
	name, externalID string                 // for the provisioning log alone, see about
	unlogged         error                  // why that has no entry of the request's failure

	plans   []string     // by which a search found what it was asked for
	read    atomic.Int64 // resources that a search looked at
	matched atomic.Int64 // of those
}

// planned notes a plan of a search.
func (e *event) planned(plan string) { e.plans = append(e.plans, plan) }

// log writes the one line of a request.
func (e *event) log(ctx context.Context, to *slog.Logger, r *request, u directory.Usage, now time.Time) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request", r.RequestID),
		slog.String("tenant", string(r.Caller.Tenant)),
		slog.String("credential", string(r.Caller.Credential)),
		slog.String("method", verb(r.Method)),
		slog.String("route", e.route),
		slog.String("operation", e.operation),
		slog.Int("status", e.status),
		slog.Float64("ms", float64(now.Sub(e.start).Microseconds())/1000),
	}
	attrs = append(attrs, u.Attrs()...)
	if names := e.repairs.Names(); len(names) > 0 {
		attrs = append(attrs, slog.Any("deviations", names))
	}
	if names := e.repairs.Ignored(); len(names) > 0 {
		attrs = append(attrs, slog.Any("ignored", names))
	}
	if len(e.plans) > 0 {
		attrs = append(attrs, slog.String("plan", strings.Join(e.plans, ", ")),
			slog.Int64("read", e.read.Load()), slog.Int64("matched", e.matched.Load()))
	}
	if e.err != nil && e.err.Type != "" {
		attrs = append(attrs, slog.String("scimType", string(e.err.Type)))
	}
	if ids := e.noted(); len(ids) > 0 {
		attrs = append(attrs, slog.String("conflict", strings.Join(ids, " ")))
	}
	if e.unnoted != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("unnoted", e.unnoted.Error()))
	}
	if e.unlogged != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("unlogged", e.unlogged.Error()))
	}
	if e.err != nil && e.err.Err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", e.err.Err.Error()))
	}
	to.LogAttrs(ctx, level, "request", attrs...)
}

// verb is a method's name, unless a client made it up.
func verb(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
