package journal

import (
	"bytes"
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
	answer    []byte // of an update
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
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer, err := w.engine.RoundTrip(r)
	broken := err != nil || answer.StatusCode >= http.StatusInternalServerError
	if !broken && answer.StatusCode != http.StatusOK {
		return answer, err
	}
	c := call{operation: operation, body: body, answered: time.Now(), broken: broken}
	if operation == "UpdateItem" && !broken {
		c.answer, err = reread(answer)
		c.broken = err != nil
	}
	w.note(c)
	return answer, err
}

// reread returns the body of an answer, which can be read again.
func reread(answer *http.Response) ([]byte, error) {
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
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
