// Package process runs the program of a function with a Lambda Runtime API of its own.
package process

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// Process is a running program. When it asks for an event, it waits until Handle gives it one. It
// gets the same event each time.
type Process struct {
	cmd     *exec.Cmd
	api     Service
	event   []byte
	printed bytes.Buffer
	asked   chan time.Time // when it asks for an event
	more    chan struct{}  // lets it have one
	ended   chan struct{}  // closed when it has ended
	failed  chan error     // it could not handle an event
}

// Start starts a program and returns when it asks for its first event, and how long that took.
func Start(ctx context.Context, program string, env []string, event []byte) (*Process, time.Duration, error) {
	p := &Process{
		cmd: command.Group(ctx, program), event: event, asked: make(chan time.Time), more: make(chan struct{}),
		ended: make(chan struct{}), failed: make(chan error, 1),
	}
	var err error
	if p.api, err = Serve(p.runtimeAPI()); err != nil {
		return nil, 0, err
	}
	p.cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + p.api.Address}, env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.printed, &p.printed
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		p.api.Stop()
		return nil, 0, err
	}
	go func() {
		_ = p.cmd.Wait() // ProcessState has the result
		close(p.ended)
	}()
	at, err := p.wait()
	if err != nil {
		p.End()
		return nil, 0, err
	}
	return p, at.Sub(begin), nil
}

// limit is the longest time that a program may take to ask for an event.
const limit = 2 * time.Minute

// wait returns when the program asks for an event.
func (p *Process) wait() (time.Time, error) {
	slow := time.AfterFunc(limit, func() { _ = command.KillGroup(p.cmd) })
	defer slow.Stop()
	select {
	case at := <-p.asked:
		select {
		case err := <-p.failed: // of the event before
			return time.Time{}, err
		default:
			return at, nil
		}
	case err := <-p.failed:
		return time.Time{}, err
	case <-p.ended:
		return time.Time{}, fmt.Errorf("the program ended, or asked for no event within %v: %v\n%s",
			limit, p.cmd.ProcessState, &p.printed)
	}
}

// Handle lets the program handle the event n times.
func (p *Process) Handle(n int) error {
	for range n {
		select {
		case p.more <- struct{}{}:
		case <-p.ended: // wait returns the error
		}
		if _, err := p.wait(); err != nil {
			return err
		}
	}
	return nil
}

// Pid returns the id of the process.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// End ends the program, and returns the processor time that it used.
func (p *Process) End() time.Duration {
	_ = command.KillGroup(p.cmd) // it may have ended by itself
	<-p.ended
	p.api.Stop()
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// runtimeAPI serves what a program needs of the Runtime API, version 2018-06-01.
func (p *Process) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.response)
	mux.HandleFunc("POST /2018-06-01/runtime/", p.response) // an error of an invocation or of the start
	return mux
}

func (p *Process) next(w http.ResponseWriter, r *http.Request) {
	select {
	case p.asked <- time.Now():
	case <-r.Context().Done():
		return
	}
	select {
	case <-p.more:
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Lambda-Runtime-Aws-Request-Id", "bench")
	w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
	_, _ = w.Write(p.event)
}

// response accepts the answer to an event. The HTTP status in it must be that of a success.
func (p *Process) response(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err == nil && !strings.Contains(string(text), `"statusCode":2`) {
		err = fmt.Errorf("%s: %s", r.URL.Path, text)
	}
	if err != nil {
		select {
		case p.failed <- err:
		default: // the first failure counts
		}
	}
	w.WriteHeader(http.StatusAccepted)
}
