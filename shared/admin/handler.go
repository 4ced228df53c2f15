package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"time"

	"scimserver/shared/tenant"
)

const (
	maxPage = 100
	maxBody = 64 << 10
)

// Operator is who sends a request, and the request's id.
type Operator struct{ ARN, RequestID string }

// Handler serves the operations of a service. who tells the operator of a request.
func Handler(s *Service, log *slog.Logger, who func(context.Context) Operator) http.Handler {
	h := &handler{log: log, who: who, mux: http.NewServeMux()}
	h.tenants(s)
	h.credentials(s)
	h.accounts(s)
	h.provisioningLog(s)
	h.conflicts(s)
	h.teams(s)
	h.groups(s)
	return h
}

type handler struct {
	log *slog.Logger
	who func(context.Context) Operator
	mux *http.ServeMux
}

// operation answers a request with a status and a value that becomes JSON.
type operation func(*http.Request) (int, any, error)

// handle serves an operation, which reads the named parameters and no others. subject
// is what its answer 404 says there is none of.
func (h *handler) handle(pattern string, subject func(*http.Request) string, op operation, parameters ...string) {
	keys := keysOf(pattern)
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		status, value, err := checked(op, keys, parameters)(r)
		if err != nil {
			e := outward(err, subject(r))
			status, value, err = e.Status, e, e.cause
			if e.allow != "" {
				w.Header().Set("Allow", e.allow)
			}
		}
		write(w, status, value)
		h.record(r, pattern, status, time.Since(start), err, warningOf(value)...)
	})
}

// ServeHTTP answers paths and methods that do not exist in the shape of the rest.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// What is not clean the mux would redirect, a method at a time and as HTML.
	at := r.URL.EscapedPath()
	clean := at == path.Clean(at)
	if _, pattern := h.mux.Handler(r); clean && pattern != "" {
		h.mux.ServeHTTP(w, r)
		return
	}
	refused := &refusal{header: http.Header{}}
	if clean {
		h.mux.ServeHTTP(refused, r)
	}
	e := &Error{Status: http.StatusNotFound, Code: "not_found", Message: "there is no such path: see infra/docs/operator-api.md"}
	if refused.status == http.StatusMethodNotAllowed {
		allow := refused.header.Get("Allow")
		w.Header().Set("Allow", allow)
		e = &Error{Status: refused.status, Code: "method_not_allowed", Message: "the path takes " + allow}
	}
	write(w, e.Status, e)
	h.record(r, "", e.Status, 0, nil)
}

// refusal takes the mux's own answer, of which only the status and Allow matter.
type refusal struct {
	header http.Header
	status int
}

func (r *refusal) Header() http.Header { return r.header }

func (r *refusal) Write(p []byte) (int, error) { return len(p), nil }

func (r *refusal) WriteHeader(status int) { r.status = status }

func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store") // answers may hold a secret
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// warningOf is the warning of an answer that shows a tenant, if it has one. An alarm counts them.
func warningOf(value any) []slog.Attr {
	if t, ok := value.(Tenant); ok && t.Warning != "" {
		return []slog.Attr{slog.String("warning", t.Warning)}
	}
	return nil
}

// record writes the one line of a request. Bodies are not in it.
func (h *handler) record(r *http.Request, pattern string, status int, took time.Duration, err error, more ...slog.Attr) {
	by := h.who(r.Context())
	attrs := []slog.Attr{
		slog.String("request", by.RequestID), slog.String("operator", by.ARN), slog.String("operation", pattern),
		slog.String("tenant", r.PathValue("id")), slog.String("credential", r.PathValue("key")),
		slog.String("account", idLogged(r, "account")), slog.String("conflict", conflictLogged(r)),
		slog.String("team", idLogged(r, "team")),
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

func theTenant(r *http.Request) string { return fmt.Sprintf("tenant %q", r.PathValue("id")) }
