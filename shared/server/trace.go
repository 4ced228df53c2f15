package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"scimserver/shared/deadline"
	"scimserver/shared/directory"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
	"scimserver/shared/trace"
)

// tracer records the requests of tenants that are being traced.
type tracer struct {
	next      http.Handler
	directory *directory.Directory
	schemas   CurrentSchemas
	log       *slog.Logger

	mu    sync.Mutex
	ended map[tenant.ID]time.Time // when the tenant's last trace that is known to have ended began
}

// CurrentSchemas returns the registry of a tenant as it is stored now. A trace does not trust an older
// one: it may lack an attribute that is a secret.
type CurrentSchemas func(context.Context, tenant.ID) (*schema.Registry, error)

// Traced returns a handler that passes requests to h. If the request's tenant is being traced, it also
// records the request with its answer; other requests cost nothing extra. If a request can't be
// recorded, its answer stays the same. A Bulk request is one record.
func Traced(h http.Handler, d *directory.Directory, s CurrentSchemas, log *slog.Logger) http.Handler {
	return &tracer{next: h, directory: d, schemas: s, log: log, ended: map[tenant.ID]time.Time{}}
}

// ServeHTTP carries out a request, and records it if its tenant is being traced.
func (t *tracer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	origin, _ := r.Context().Value(originKey{}).(Origin)
	if origin.Caller.Trace.End.IsZero() || !t.isOn(origin.Caller, time.Now()) {
		t.next.ServeHTTP(w, r)
		return
	}
	start, sent, names := time.Now(), newTracedBody(r), t.readNames(r.Context(), origin.Caller.Tenant)
	answer := &tracedAnswer{ResponseWriter: w, status: http.StatusOK}
	t.next.ServeHTTP(answer, r)
	body, size := sent.all()
	t.record(r.Context(), origin.Caller, names, trace.Exchange{
		Time: start, Took: time.Since(start), ID: origin.RequestID, Credential: origin.Caller.Credential,
		Method: r.Method, URL: r.URL, Header: r.Header, Body: body, Size: size,
		Status: answer.status, AnswerHeader: w.Header(), Answer: answer.body.Bytes(),
	})
}

// isOn reports whether a trace may take another request.
func (t *tracer) isOn(c tenant.Caller, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return c.Trace.On(now) && !t.ended[c.Tenant].Equal(c.Trace.Began)
}

// namesRead is what the tenant's schemas define, or why they can't be read.
type namesRead struct {
	trace.Names
	err error
}

// readNames reads the tenant's schemas while the request is carried out. A schema that is added during
// the request is not in them, and a trace shows no value of an attribute that it does not know.
func (t *tracer) readNames(ctx context.Context, id tenant.ID) <-chan namesRead {
	read := make(chan namesRead, 1)
	go func() {
		registry, err := t.schemas(ctx, id)
		if err != nil {
			read <- namesRead{err: err}
			return
		}
		read <- namesRead{Names: trace.NamesOf(registry)}
	}()
	return read
}

// record stores a request, even if its own deadline has passed. A failure is only logged.
func (t *tracer) record(ctx context.Context, c tenant.Caller, names <-chan namesRead, x trace.Exchange) {
	ctx, cancel := t.directory.Brief(context.WithoutCancel(ctx), deadline.RecordTime)
	defer cancel()
	err := t.add(ctx, c, names, x)
	switch {
	case errors.Is(err, trace.ErrEnded):
		t.mu.Lock()
		t.ended[c.Tenant] = c.Trace.Began
		t.mu.Unlock()
	case err != nil:
		t.log.WarnContext(ctx, "a traced request was not recorded",
			"request", x.ID, "tenant", string(c.Tenant), "error", err.Error())
	}
}

// add stores a request with the values that the tenant's schemas let a trace show. If these can't be
// read, the request is not stored.
func (t *tracer) add(ctx context.Context, c tenant.Caller, names <-chan namesRead, x trace.Exchange) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("reading the tenant's schemas: %w", ctx.Err())
	case read := <-names:
		if read.err != nil {
			return read.err
		}
		return t.directory.For(c.Tenant).Traces().Add(ctx, c.Trace, trace.Record(x, read.Names, c.Trace.Values))
	}
}

// tracedBody keeps what is read of a request's body.
type tracedBody struct {
	io.Reader
	body   io.ReadCloser
	length int64
	read   bytes.Buffer
}

// newTracedBody replaces the body of a request.
func newTracedBody(r *http.Request) *tracedBody {
	b := &tracedBody{body: r.Body, length: r.ContentLength}
	if r.Body == nil {
		b.body = http.NoBody
	}
	b.Reader = io.TeeReader(b.body, &b.read)
	r.Body = b
	return b
}

// Close does nothing: the trace may read the rest of the body, which is in memory. all closes it.
func (b *tracedBody) Close() error { return nil }

// all returns the part of the body that a trace needs, even if the server has not read it, and the size
// of the whole body.
func (b *tracedBody) all() ([]byte, int) {
	if more := trace.MaxParsed + 1 - b.read.Len(); more > 0 {
		_, _ = io.CopyN(io.Discard, b, int64(more)) // an error counts as the end of the body
	}
	_ = b.body.Close()
	return b.read.Bytes(), max(b.read.Len(), int(b.length))
}

// tracedAnswer keeps an answer while it is written.
type tracedAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader keeps the status.
func (a *tracedAnswer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write keeps the body.
func (a *tracedAnswer) Write(p []byte) (int, error) {
	a.body.Write(p)
	return a.ResponseWriter.Write(p)
}
