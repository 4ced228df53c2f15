// Package lambda runs Lambda functions on this machine. Each function is the deployed
// program, in as many processes as there are concurrent requests, which use the Lambda
// Runtime API. A process handles one request at a time.
package lambda

import (
	"context"
	"io"
	"sync"
	"time"
)

// The maximum payloads of a synchronous invocation on AWS, in bytes.
const (
	MaxRequest  = 6 << 20
	MaxResponse = 6<<20 + 100
)

const (
	initTimeout = time.Minute // Lambda allows 10 s, which a busy machine may need for any start
	// freeWait is how long a request waits for a free process before another one is started:
	// a process that has just answered is about to ask for its next request.
	freeWait = 3 * time.Millisecond
)

// Config describes a function.
type Config struct {
	Name         string
	ARN          string
	Program      string   // path of its bootstrap
	Env          []string // the environment of a process, without the address of the Runtime API
	Timeout      time.Duration
	MaxProcesses int
	Log          io.Writer // for the output of its processes
}

// Function is a function and its processes.
type Function struct {
	config Config
	queue  chan *invocation // from Invoke to a process that asks for work

	mu        sync.Mutex
	processes map[*process]bool
	waiting   int // invocations that no process has taken yet
	stopped   bool
}

// New returns a function. The first invocation starts its first process.
func New(c Config) *Function {
	return &Function{config: c, queue: make(chan *invocation), processes: map[*process]bool{}}
}

// Invoke sends an event to a process and returns its answer. The error is an *Error if the
// function failed, or the context's if no process was free in time.
func (f *Function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if len(event) > MaxRequest {
		return nil, &Error{Type: TooLarge, Message: "the event is larger than Lambda takes"}
	}
	inv := newInvocation(ctx, event)
	if err := f.dispatch(inv); err != nil {
		return nil, err
	}
	// The process continues until it answers or times out, even if the caller is gone.
	select {
	case out := <-inv.done:
		return out.payload, out.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// dispatch waits for a process to take the invocation, and starts one if necessary.
func (f *Function) dispatch(inv *invocation) error {
	select {
	case f.queue <- inv:
		return nil
	case <-time.After(freeWait):
	}
	f.addWaiting(1)
	defer f.addWaiting(-1)
	f.grow()
	select {
	case f.queue <- inv:
		return nil
	case <-inv.ctx.Done():
		return inv.ctx.Err()
	}
}

// redispatch finds another process for an invocation whose process ended before it started
// work.
func (f *Function) redispatch(inv *invocation) {
	if err := f.dispatch(inv); err != nil {
		inv.finish(outcome{err: err})
	}
}

func (f *Function) addWaiting(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting += n
}

// grow starts a process, up to the maximum.
func (f *Function) grow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped || len(f.processes) >= f.config.MaxProcesses {
		return
	}
	p := newProcess(f)
	f.processes[p] = true
	go p.run()
}

// ended removes a process, and starts another one if invocations wait.
func (f *Function) ended(p *process) {
	f.mu.Lock()
	delete(f.processes, p)
	needed := f.waiting > 0
	f.mu.Unlock()
	if needed {
		f.grow()
	}
}

// Pids returns the process ids of the function.
func (f *Function) Pids() []int {
	var pids []int
	for _, p := range f.snapshot() {
		if pid := p.pid(); pid != 0 {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Kill ends every process of the function, as a crash would, and returns their number.
func (f *Function) Kill() int {
	all := f.snapshot()
	for _, p := range all {
		p.kill()
	}
	return len(all)
}

// Stop ends the function and returns when all its processes have ended.
func (f *Function) Stop() {
	f.mu.Lock()
	f.stopped = true
	f.mu.Unlock()
	for _, p := range f.snapshot() {
		p.kill()
		<-p.gone
	}
}

func (f *Function) snapshot() []*process {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]*process, 0, len(f.processes))
	for p := range f.processes {
		all = append(all, p)
	}
	return all
}
