package server

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/compat"
	"scimserver/shared/tenant"
	"scimserver/shared/trace"
)

// event collects the contents of a request's log line. Attribute values, tokens, ids of users and
// paths are never logged.
type event struct {
	start     time.Time
	route     string // the pattern, not the path
	operation string
	writes    directory.Kind // of the resource that the operation writes; "" if it only reads
	status    int
	err       *scim.Error
	repairs   compat.Repairs

	conflicts        []directory.ConflictID // one for each taken value, in order
	conflictErr      error                  // why the conflicts could not be recorded
	name, externalID string                 // only for the provisioning log, see setNames
	written          bool                   // a write of the directory includes the record for the provisioning log
	skipped          []scim.ID              // members that were left out because they do not exist
	logErr           error                  // why the provisioning log has no entry of the request
	refused          tenant.RefusalCause    // why a valid credential was refused; "" if it was not
	countErr         error                  // why the counts of refusals could not be written
	agentErr         error                  // why the name of the client could not be stored

	plans   []string     // how a search found its resources
	read    atomic.Int64 // resources that a search read
	matched atomic.Int64 // resources that matched
}

// addPlan adds the plan of a search.
func (e *event) addPlan(plan string) { e.plans = append(e.plans, plan) }

// log writes the log line of a request.
func (e *event) log(ctx context.Context, to *slog.Logger, r *request, u directory.Usage, now time.Time) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request", r.RequestID),
		slog.String("tenant", string(r.Caller.Tenant)),
		slog.String("credential", string(r.Caller.Credential)),
		slog.String("method", trace.MethodName(r.Method)),
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
	if ids := e.conflictIDs(); len(ids) > 0 {
		attrs = append(attrs, slog.String("conflict", strings.Join(ids, " ")))
	}
	if unwritten := e.unwritten(); len(unwritten) > 0 {
		level = slog.LevelWarn
		attrs = append(attrs, unwritten...)
	}
	if e.err != nil && e.err.Err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", e.err.Err.Error()))
	}
	to.LogAttrs(ctx, level, "request", attrs...)
}

// unwritten says what could not be stored beside the answer.
func (e *event) unwritten() (attrs []slog.Attr) {
	for _, failed := range []struct {
		name string
		err  error
	}{
		{"unnoted", e.conflictErr}, {"unlogged", e.logErr}, {"uncounted", e.countErr}, {"unnamed", e.agentErr},
	} {
		if failed.err != nil {
			attrs = append(attrs, slog.String(failed.name, failed.err.Error()))
		}
	}
	return attrs
}
