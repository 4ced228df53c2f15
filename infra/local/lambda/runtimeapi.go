package lambda

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// runtimeAPI serves the Lambda Runtime API, version 2018-06-01, to one program.
func (p *process) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.invocationError)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", p.initError)
	return mux
}

// next waits for an event and returns it to the program.
func (p *process) next(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.ready, p.current = true, nil
	p.mu.Unlock()
	select {
	case inv := <-p.function.queue:
		if !p.take(inv) {
			p.function.redispatch(inv)
			return
		}
		p.begin(w, inv)
	case <-r.Context().Done():
	case <-p.killed:
	}
}

// take sets the current invocation, and starts the timer that ends a program that hangs. A
// process that has ended takes nothing.
func (p *process) take(inv *invocation) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return false
	}
	p.current = inv
	p.timer = time.AfterFunc(p.function.config.Timeout, func() { p.overdue(inv) })
	return true
}

func (p *process) begin(w http.ResponseWriter, inv *invocation) {
	timeout := p.function.config.Timeout
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(timeout).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", p.function.config.ARN)
	h.Set("Lambda-Runtime-Trace-Id", traceID())
	_, _ = w.Write(inv.event)
}

// overdue ends the process if it still handles the invocation.
func (p *process) overdue(inv *invocation) {
	p.mu.Lock()
	busy := p.current == inv && !p.dead
	p.mu.Unlock()
	if busy {
		p.failed(inv, TimedOut, fmt.Sprintf("Task timed out after %.2f seconds", p.function.config.Timeout.Seconds()))
		p.kill()
	}
}

func (p *process) response(w http.ResponseWriter, r *http.Request) {
	inv := p.find(w, r)
	if inv == nil {
		return
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxResponse))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		p.failed(inv, ResponseTooLarge, "Response payload size exceeded maximum allowed payload size (6291556 bytes).")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		p.failed(inv, Exited, "the response was cut off")
		return
	}
	p.settle(w, inv, outcome{payload: payload})
}

func (p *process) invocationError(w http.ResponseWriter, r *http.Request) {
	inv := p.find(w, r)
	if inv == nil {
		return
	}
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxResponse))
	p.settle(w, inv, outcome{err: reported(body)})
}

// initError logs why a program cannot start. The program then ends, which fails the invocation.
func (p *process) initError(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxResponse))
	_, _ = fmt.Fprintf(p.log, "init error: %s\n", body)
	w.WriteHeader(http.StatusAccepted)
}

// find returns the invocation with an id, which must be the current one.
func (p *process) find(w http.ResponseWriter, r *http.Request) *invocation {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil || p.current.id != r.PathValue("id") {
		http.Error(w, `{"errorType":"InvalidRequestID"}`, http.StatusBadRequest)
		return nil
	}
	return p.current
}

func (p *process) settle(w http.ResponseWriter, inv *invocation, o outcome) {
	p.mu.Lock()
	p.current = nil
	p.timer.Stop()
	p.mu.Unlock()
	inv.finish(o)
	w.WriteHeader(http.StatusAccepted)
}
