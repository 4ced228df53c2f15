package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

const (
	maxPage = 100
	maxBody = 64 << 10
)

// Operator says who sent a request. ARN is the caller's IAM identity.
type Operator struct{ ARN, RequestID string }

// Handler serves the operations of a service. who returns the operator of a request.
func Handler(s *Service, log *slog.Logger, who func(context.Context) Operator) http.Handler {
	h := &handler{log: log, who: who, now: s.Now, directory: s.Directory, mux: http.NewServeMux()}
	h.tenants(s)
	h.credentials(s)
	h.invitations(s)
	h.accounts(s)
	h.provisioningLog(s)
	h.conflicts(s)
	h.teams(s)
	h.groups(s)
	h.events(s)
	h.traces(s)
	h.passwords(s)
	h.users(s)
	h.exports(s)
	h.schemas(s)
	h.persons(s)
	return h
}

type handler struct {
	log *slog.Logger
	who func(context.Context) Operator
	now func() time.Time
	mux *http.ServeMux

	routes []route // infra/docs/openapi.yaml is compared with them

	directory *directory.Directory // for the entries of actions
}

// route is a pattern of the mux and the query parameters that it accepts.
type route struct {
	pattern    string
	parameters []string
}

// handle serves an operation that accepts only the named parameters. subject names the resource
// for error messages.
func (h *handler) handle(pattern string, subject func(*http.Request) string, op operation, parameters ...string) {
	h.routes = append(h.routes, route{pattern, parameters})
	keys := pathParameters(pattern)
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		status, value, err := validated(op, keys, parameters)(r)
		if err != nil {
			e := toAPIError(err, subject(r))
			status, value, err = e.Status, e, e.cause
			if e.allow != "" {
				w.Header().Set("Allow", e.allow)
			}
		}
		more := warningOf(value)
		if err := h.logAction(r, pattern, status, value, h.now()); err != nil {
			more = append(more, slog.String("unlogged", err.Error()))
		}
		write(w, status, value)
		h.record(r, pattern, status, time.Since(start), err, more...)
	})
}

// warningOf returns the warning of an answer that shows a tenant, if it has one. An alarm counts them.
func warningOf(value any) []slog.Attr {
	if t, ok := value.(Tenant); ok && t.Warning != "" {
		return []slog.Attr{slog.String("warning", t.Warning)}
	}
	return nil
}

// ServeHTTP answers unknown paths and methods with the same kind of error as all others.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The mux would answer a path that is not clean with a redirect in HTML.
	at := r.URL.EscapedPath()
	clean := at == path.Clean(at)
	if _, pattern := h.mux.Handler(r); clean && pattern != "" {
		h.mux.ServeHTTP(w, r)
		return
	}
	answer := &muxAnswer{header: http.Header{}}
	if clean {
		h.mux.ServeHTTP(answer, r)
	}
	e := &Error{Status: http.StatusNotFound, Code: "not_found",
		Message: "there is no such path: see infra/docs/operator-api.md"}
	if answer.status == http.StatusMethodNotAllowed {
		allow := answer.header.Get("Allow")
		w.Header().Set("Allow", allow)
		e = &Error{Status: answer.status, Code: "method_not_allowed", Message: "the path takes " + allow}
	}
	write(w, e.Status, e)
	h.record(r, "", e.Status, 0, nil)
}

// muxAnswer receives the mux's own answer. Only its status and Allow are used.
type muxAnswer struct {
	header http.Header
	status int
}

func (r *muxAnswer) Header() http.Header { return r.header }

func (r *muxAnswer) Write(p []byte) (int, error) { return len(p), nil }

func (r *muxAnswer) WriteHeader(status int) { r.status = status }

func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store") // answers may hold a secret
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// record writes the log line of a request. It never contains the body.
func (h *handler) record(
	r *http.Request, pattern string, status int, took time.Duration, err error, more ...slog.Attr,
) {
	by := h.who(r.Context())
	attrs := []slog.Attr{
		slog.String("request", by.RequestID), slog.String("operator", by.ARN), slog.String("operation", pattern),
		slog.String("tenant", r.PathValue("id")), slog.String("credential", r.PathValue("key")),
		slog.String("account", loggedID(r, "account")), slog.String("conflict", loggedConflict(r)),
		slog.String("team", loggedID(r, "team")),
		slog.Int("status", status), slog.Int64("ms", took.Milliseconds()),
	}
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	h.log.LogAttrs(r.Context(), level, "admin", append(attrs, more...)...)
}

func tenantOf(r *http.Request) tenant.ID { return tenant.ID(r.PathValue("id")) }

func tenantLabel(r *http.Request) string { return fmt.Sprintf("tenant %q", r.PathValue("id")) }
