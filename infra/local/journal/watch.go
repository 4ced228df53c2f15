package journal

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// call is a call to the engine that may have written items.
type call struct {
	operation string
	body      []byte
	answer    []byte                 // of an UpdateItem
	items     map[int]map[string]any // that a transaction has updated, by the place of the write
	answered  time.Time
	broken    bool // the connection broke, so the outcome is unknown
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
	c := call{operation: operation, body: body}
	r = r.Clone(context.WithoutCancel(r.Context()))
	c.sendWith(r)
	answer, err := w.engine.RoundTrip(r)
	c.answered, c.broken = time.Now(), err != nil || answer.StatusCode >= http.StatusInternalServerError
	if !c.broken && answer.StatusCode != http.StatusOK {
		return answer, err
	}
	if !c.broken {
		err = c.receive(answer)
		c.broken = err != nil
	}
	if operation == "TransactWriteItems" && !c.broken {
		c.items = w.updated(r.Context(), body)
	}
	w.note(c)
	return answer, err
}

// updated reads the items that a transaction updates, while its caller still waits for the answer and
// so can't change them again. An item that can't be read is missing.
func (j *Journal) updated(ctx context.Context, body []byte) (items map[int]map[string]any) {
	writes, err := j.transaction(body)
	if err != nil {
		return nil
	}
	items = map[int]map[string]any{}
	for i, w := range writes {
		if !w.unseen {
			continue
		}
		if item, err := j.read(ctx, w.Table, w.Keys); err == nil {
			items[i] = item
		}
	}
	return items
}

func (j *Journal) note(c call) {
	if lost := j.pending.Put(c, len(c.body)); lost == 1 {
		_, _ = fmt.Fprintf(
			j.log,
			"stream | %d bytes of writes wait to be told of: the next ones are lost\n",
			mostPending,
		)
	}
}
