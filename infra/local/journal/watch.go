package journal

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// call is a call to the engine that may write items.
type call struct {
	operation  string
	body       []byte
	writes     []write // to tables with a stream
	unreadable error   // the body can't be parsed: writes may be missing
	asks       string  // ReturnValues of an UpdateItem, "" for NONE
}

// Watch wraps the transport to the engine. It is the innermost wrapper.
func (j *Journal) Watch(engine http.RoundTripper) http.RoundTripper { return watch{j, engine} }

type watch struct {
	*Journal
	engine http.RoundTripper
}

// RoundTrip records a call that writes. The engine carries it out even if the caller dies,
// so the journal waits for its outcome.
func (w watch) RoundTrip(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !isWrite(operation) || len(w.subscribed()) == 0 {
		return w.engine.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		return nil, err
	}
	c := w.read(operation, body)
	r = r.Clone(context.WithoutCancel(r.Context()))
	c.setBody(r)
	answer, err := w.engine.RoundTrip(r)
	broken := err != nil || answer.StatusCode >= http.StatusInternalServerError
	if !broken && answer.StatusCode != http.StatusOK {
		return answer, err
	}
	if !broken {
		answer, err = c.receive(answer)
		broken = err != nil
	}
	queued := w.enqueue(c, broken)
	if operation == "TransactWriteItems" && !broken {
		w.readUpdates(r.Context(), c.writes)
	}
	close(queued.complete)
	return answer, err
}

// readUpdates reads the items that a transaction has updated, before its caller gets the answer. Other
// callers may have changed them meanwhile. An item that can't be read is read later.
func (j *Journal) readUpdates(ctx context.Context, writes []write) {
	ctx, end := context.WithTimeout(ctx, readFor)
	defer end()
	for i := range writes {
		w := &writes[i]
		if !w.imageUnknown {
			continue
		}
		if item, err := j.item(ctx, w.Table, w.Keys); err == nil {
			w.setImage(item)
			w.imageUnknown = false
		}
	}
}

// enqueue queues the writes of a call, in the order of the engine's answers. If the connection broke, so that
// the outcome is unknown, their images are read later.
func (j *Journal) enqueue(c call, broken bool) pendingWrites {
	queued := pendingWrites{writes: c.writes, complete: make(chan struct{})}
	answered := time.Now()
	for i := range c.writes {
		c.writes[i].Created, c.writes[i].imageUnknown = answered, c.writes[i].imageUnknown || broken
	}
	if c.unreadable != nil {
		_, _ = fmt.Fprintf(
			j.log, "stream | a %s can't be parsed, so its records are lost: %v\n", c.operation, c.unreadable)
	}
	if len(c.writes) == 0 {
		return queued
	}
	if lost := j.pending.Put(queued, len(c.body)); lost == 1 {
		_, _ = fmt.Fprintf(
			j.log,
			"stream | %d bytes of writes wait for their records: further writes get none until there is room\n",
			maxPending,
		)
	}
	return queued
}
