// Package ddblocal runs DynamoDB Local, the engine that AWS publishes for development, as
// a child process for tests and infra/local. The licence of the engine permits use for
// development and testing with AWS.
//
// It behaves as DynamoDB does, with three known exceptions: it never cancels a transaction
// with TransactionConflict, never throttles, and listens on every interface of the
// machine. Package fault adds the first two.
package ddblocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"scimserver/shared/testkit/command"
)

// Options configure an engine. The zero value is an engine in memory on a free port.
type Options struct {
	DataDir string    // folder of the database file, created if missing (see Committed); "" for memory
	Port    int       // 0 chooses a free one
	Log     io.Writer // for the output of the engine; nil discards it
	// Progress receives a line before each slow step: the first download, and the start
	// itself. It may be nil.
	Progress io.Writer
	Lasting  bool // runs for minutes: optimize for throughput instead of a quick start
}

// Engine is a running DynamoDB Local.
type Engine struct {
	port int
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	tail *tail
}

// Start downloads the engine and a Java runtime if necessary, starts the engine and
// returns once it answers. The context bounds the start only: the engine runs until Stop,
// or until this process ends.
func Start(ctx context.Context, o Options) (*Engine, error) {
	java, err := findJava(ctx, o.Progress)
	if err != nil {
		return nil, err
	}
	dir, err := Install(ctx, o.Progress)
	if err != nil {
		return nil, err
	}
	say(o.Progress, "starting DynamoDB Local")
	for try := 1; ; try++ {
		e, err := start(ctx, java, dir, o)
		if err == nil || o.Port != 0 || try == 3 || !errors.Is(err, errEnded) {
			return e, err
		}
	}
}

// errEnded marks a process that ended before it answered. With a chosen port, the most
// likely reason is that another process has taken the port.
var errEnded = errors.New("DynamoDB Local ended before it was ready")

func start(ctx context.Context, java, dir string, o Options) (*Engine, error) {
	port, err := freePort(o.Port)
	if err != nil {
		return nil, err
	}
	args, err := arguments(dir, port, o)
	if err != nil {
		return nil, err
	}
	e, err := launch(java, args, port, o.Log)
	if err != nil {
		return nil, err
	}
	if err := e.waitReady(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// Endpoint returns the base URL for a DynamoDB client.
func (e *Engine) Endpoint() string { return "http://127.0.0.1:" + strconv.Itoa(e.port) }

// Pid returns the id of the engine's process.
func (e *Engine) Pid() int { return e.cmd.Process.Pid }

// Done is closed when the process has ended for any reason.
func (e *Engine) Done() <-chan struct{} { return e.done }

// Stop ends the engine and returns when its process has ended. It may be called more than once.
func (e *Engine) Stop() {
	_ = e.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.done:
	case <-time.After(3 * time.Second):
		_ = e.cmd.Process.Kill()
		<-e.done
	}
}

// arguments keeps the JVM small, because a machine may run one engine per test package,
// and quick to start: the first-level compiler alone halves the processor time of a short
// run, but doubles that of writing thousands of items. For the tests of package server, which
// take a minute, all levels need 54 s of processor time the first time and 31 s from then on; the
// first level needs 43 s each time.
func arguments(dir string, port int, o Options) ([]string, error) {
	args := []string{
		"-Xms32m", "-Xmx512m", "-XX:+UseSerialGC",
		"-Djava.library.path=" + filepath.Join(dir, "DynamoDBLocal_lib"),
		"-jar", filepath.Join(dir, "DynamoDBLocal.jar"),
		"-disableTelemetry", "-sharedDb", "-port", strconv.Itoa(port),
	}
	if !o.Lasting {
		args = append([]string{"-XX:TieredStopAtLevel=1"}, args...)
	}
	if o.DataDir == "" {
		return append(args, "-inMemory"), nil
	}
	data, err := filepath.Abs(o.DataDir)
	if err != nil {
		return nil, err
	}
	return append(args, "-dbPath", data), os.MkdirAll(data, 0o700)
}

func launch(java string, args []string, port int, log io.Writer) (*Engine, error) {
	cmd := command.New(context.Background(), java, args...)
	e := &Engine{port: port, cmd: cmd, done: make(chan struct{}), tail: &tail{}}
	e.cmd.Stdout = io.Writer(e.tail)
	if log != nil {
		e.cmd.Stdout = io.MultiWriter(e.tail, log)
	}
	e.cmd.Stderr = e.cmd.Stdout
	e.cmd.SysProcAttr = dieWithParent()
	started := make(chan error)
	go e.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start DynamoDB Local: %w", err)
	}
	return e, nil
}

// run starts the process and waits for it on one locked thread: Linux sends the
// parent-death signal when the *thread* that started the child ends.
func (e *Engine) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := e.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = e.cmd.Wait()
	close(e.done)
}

// startLimit is the longest time that a start may take. A busy machine needs up to half a minute.
const startLimit = 3 * time.Minute

// waitReady returns when the engine answers. If it fails, it ends the process.
func (e *Engine) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for !e.answers(ctx) {
		select {
		case <-e.done:
			return fmt.Errorf("%w: %s", errEnded, e.tail)
		case <-ctx.Done():
			e.Stop()
			return fmt.Errorf("DynamoDB Local was not ready in time: %w: %s", ctx.Err(), e.tail)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// answers reports whether the engine speaks HTTP: it answers a bare GET with 400.
func (e *Engine) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.Endpoint(), nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusBadRequest
}

// freePort checks that the requested port is free, or chooses a free one.
func freePort(want int) (int, error) {
	l, err := net.Listen("tcp", ":"+strconv.Itoa(want))
	if errors.Is(err, syscall.EADDRINUSE) {
		return 0, fmt.Errorf(
			"port %d is already in use: choose another one for DynamoDB Local, or stop what listens there",
			want,
		)
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail keeps the end of the engine's output, for the message if it does not start.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	const keep = 2000
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-keep):]
	return len(p), nil
}

func (t *tail) String() string { return string(bytes.TrimSpace(t.text)) }
