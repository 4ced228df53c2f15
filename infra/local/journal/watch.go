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
	unreadable error   // why the body does not tell all writes
	asks       string  // what the caller of an UpdateItem wants to get back, "" for nothing
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
	if err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	c := w.read(operation, body)
	r = r.Clone(context.WithoutCancel(r.Context()))
	c.sendWith(r)
	answer, err := w.engine.RoundTrip(r)
	broken := err != nil || answer.StatusCode >= http.StatusInternalServerError
	if !broken && answer.StatusCode != http.StatusOK {
		return answer, err
	}
	answered := time.Now()
	if !broken {
		err = c.receive(answer)
		broken = err != nil
	}
	if operation == "TransactWriteItems" && !broken {
		w.seeUpdates(r.Context(), c.writes)
	}
	w.note(c, answered, broken)
	return answer, err
}

// seeUpdates reads the items that a transaction has updated, while its caller still waits for the answer
// and so can't change them again. An item that can't be read is read later.
func (j *Journal) seeUpdates(ctx context.Context, writes []write) {
	for i := range writes {
		w := &writes[i]
		if !w.unseen {
			continue
		}
		if item, err := j.item(ctx, w.Table, w.Keys); err == nil {
			w.image(item)
			w.unseen = false
		}
	}
}

// note queues the writes of a call. If the connection broke, so that the outcome is unknown, their images
// are read later.
func (j *Journal) note(c call, answered time.Time, broken bool) {
	for i := range c.writes {
		c.writes[i].Created, c.writes[i].unseen = answered, c.writes[i].unseen || broken
	}
	if c.unreadable != nil {
		_, _ = fmt.Fprintf(j.log, "stream | a %s cannot be told of: %v\n", c.operation, c.unreadable)
	}
	if lost := j.pending.Put(c.writes, len(c.body)); lost == 1 {
		_, _ = fmt.Fprintf(
			j.log,
			"stream | %d bytes of writes wait to be told of: the next ones are lost\n",
			mostPending,
		)
	}
}
