package lambda

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"scimserver/shared/testkit/command"
)

// process is one execution environment: the program and its own Runtime API.
type process struct {
	function *Function
	log      *lines
	killed   chan struct{} // closed to end the program
	gone     chan struct{} // closed when it has ended
	killOnce sync.Once

	mu      sync.Mutex
	cmd     *exec.Cmd
	ready   bool        // it has asked for work at least once
	dead    bool        // it takes no further invocations
	current *invocation // the one that it handles
	timer   *time.Timer // ends the program when current times out
}

func newProcess(f *Function) *process {
	return &process{
		function: f, log: &lines{out: f.config.Log, prefix: f.config.Name},
		killed: make(chan struct{}), gone: make(chan struct{}),
	}
}

// run starts the program, and returns when it has ended and is removed from the function.
func (p *process) run() {
	defer p.function.ended(p)
	defer close(p.gone)
	err := p.live()
	p.fail(err)
}

// live runs the program from its start to its end.
func (p *process) live() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: p.runtimeAPI(), ReadHeaderTimeout: initTimeout}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	if err := p.start(listener.Addr().String()); err != nil {
		return err
	}
	return p.wait()
}

func (p *process) start(runtimeAPI string) error {
	cmd := command.Group(context.Background(), p.function.config.Program)
	cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI}, p.function.config.Env...)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd = cmd
	return nil
}

// wait returns when the program has ended. It ends the program if it is killed or starts
// too slowly.
func (p *process) wait() error {
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	slow := time.AfterFunc(initTimeout, p.killUnlessReady)
	defer slow.Stop()
	select {
	case err := <-ended:
		_ = command.KillGroup(p.cmd) // child processes
		return fmt.Errorf("the process ended: %w", orExited(err))
	case <-p.killed:
		_ = command.KillGroup(p.cmd)
		return fmt.Errorf("the process was ended: %w", orExited(<-ended))
	}
}

// fail ends the invocation of a process that has ended. If the process never asked for
// work, it fails one of those that wait: otherwise the callers of a program that cannot
// start would wait for ever.
func (p *process) fail(err error) {
	p.log.flush()
	p.mu.Lock()
	p.dead = true
	inv, ready := p.current, p.ready
	p.mu.Unlock()
	if inv == nil && !ready {
		select {
		case inv = <-p.function.queue:
		case <-time.After(100 * time.Millisecond):
		}
	}
	if inv != nil {
		p.failed(inv, Exited, err.Error())
	}
}

// failed ends an invocation without a response. As in Lambda, the log has the reason under
// the id that the caller receives.
func (p *process) failed(inv *invocation, errorType, why string) {
	message := fmt.Sprintf("RequestId: %s Error: %s", inv.id, why)
	fmt.Fprintln(p.log, message)
	inv.fail(errorType, message)
}

func (p *process) kill() { p.killOnce.Do(func() { close(p.killed) }) }

func (p *process) killUnlessReady() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready {
		p.kill()
	}
}

func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

func orExited(err error) error {
	if err == nil {
		return fmt.Errorf("exit status 0")
	}
	return err
}
