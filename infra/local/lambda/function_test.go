package lambda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"scimserver/infra/local/lambda"
	"scimserver/shared/testkit/command"
)

// program is the path of testdata/fn, built once.
func program(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "bootstrap")
	build := command.Limited(t.Context(), 5*time.Minute,
		"go", "build", "-tags", "lambda.norpc", "-o", path, "./testdata/fn")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

type answer struct {
	Pid            int
	Remaining      time.Duration
	Started, Ended time.Time
}

func start(t *testing.T, c lambda.Config) *lambda.Function {
	t.Helper()
	c.Name = "fn"
	c.Env = append(c.Env, "AWS_LAMBDA_FUNCTION_NAME=fn")
	if c.Log == nil {
		c.Log = io.Discard
	}
	f := lambda.New(c)
	t.Cleanup(f.Stop)
	return f
}

func invoke(t *testing.T, f *lambda.Function, event string) (answer, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	payload, err := f.Invoke(ctx, []byte(event))
	var a answer
	if err == nil {
		err = json.Unmarshal(payload, &a)
	}
	return a, err
}

func errorType(err error) string {
	if e, ok := errors.AsType[*lambda.Error](err); ok {
		return e.Type
	}
	return fmt.Sprintf("no *lambda.Error but %v", err)
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestFunction(t *testing.T) {
	path := program(t)
	t.Run("one process serves one caller after the other", func(t *testing.T) { oneCaller(t, path) })
	t.Run("many callers get many processes, each with one request at a time",
		func(t *testing.T) { manyCallers(t, path) })
	t.Run("errors", func(t *testing.T) { failures(t, path) })
	t.Run("a crash fails its invocation alone", func(t *testing.T) { crash(t, path) })
	t.Run("killed processes are replaced", func(t *testing.T) { killed(t, path) })
	t.Run("a hung process is ended at its timeout", func(t *testing.T) { hung(t, path) })
	t.Run("a program that cannot start fails its caller", func(t *testing.T) { broken(t, path) })
	t.Run("no free process before the caller's deadline", func(t *testing.T) { busy(t, path) })
	t.Run("logs carry the name", func(t *testing.T) { logs(t, path) })
	t.Run("Stop leaves no process", func(t *testing.T) { stop(t, path) })
}

func oneCaller(t *testing.T, path string) {
	// on a busy machine a second one might start
	f := start(t, lambda.Config{Program: path, Timeout: time.Hour, MaxProcesses: 1})
	first, err := invoke(t, f, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if first.Remaining > time.Hour || first.Remaining < 50*time.Minute {
		t.Errorf("the deadline is %v away, want nearly an hour", first.Remaining)
	}
	for range 20 {
		if a, err := invoke(t, f, `{}`); err != nil || a.Pid != first.Pid {
			t.Fatalf("process %d, error %v; want the first process %d", a.Pid, err, first.Pid)
		}
	}
}

func manyCallers(t *testing.T, path string) {
	const limit = 3
	f := start(t, lambda.Config{Program: path, Timeout: time.Minute, MaxProcesses: limit})
	var mu sync.Mutex
	byProcess := map[int][]answer{}
	call := func() {
		a, err := invoke(t, f, `{"Sleep": 50000000}`)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		byProcess[a.Pid] = append(byProcess[a.Pid], a)
	}
	// On a busy machine the first process may serve all callers before another one has started.
	for end := time.Now().Add(time.Minute); len(byProcess) < 2 && time.Now().Before(end); {
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(call)
		}
		wg.Wait()
	}
	if len(byProcess) < 2 || len(byProcess) > limit {
		t.Errorf("%d processes served the callers, want several and %d at most", len(byProcess), limit)
	}
	for pid, served := range byProcess {
		for i, a := range served {
			for _, b := range served[i+1:] {
				if a.Started.Before(b.Ended) && b.Started.Before(a.Ended) {
					t.Errorf("process %d worked on two requests at once", pid)
				}
			}
		}
	}
}

func failures(t *testing.T, path string) {
	f := start(t, lambda.Config{Program: path, Timeout: time.Minute, MaxProcesses: 1})
	for event, want := range map[string]string{
		`{"Do": "fail"}`: "errorString",
		`{"Do": "huge"}`: lambda.ResponseTooLarge,
		`{"Do": "` + string(bytes.Repeat([]byte("x"), lambda.MaxRequest)) + `"}`: lambda.TooLarge,
	} {
		if _, err := invoke(t, f, event); errorType(err) != want {
			t.Errorf("%.20s: the error is %v, want %s", event, err, want)
		}
	}
	if _, err := invoke(t, f, `{}`); err != nil {
		t.Errorf("after the errors: %v", err)
	}
}

func crash(t *testing.T, path string) {
	f := start(t, lambda.Config{Program: path, Timeout: time.Minute, MaxProcesses: 1})
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := invoke(t, f, `{"Do": "exit", "Sleep": 200000000}`); errorType(err) != lambda.Exited {
			t.Errorf("the crash: %v, want %s", err, lambda.Exited)
		}
	})
	time.Sleep(100 * time.Millisecond)
	wg.Go(func() {
		if _, err := invoke(t, f, `{}`); err != nil {
			t.Errorf("the caller that waited meanwhile: %v", err)
		}
	})
	wg.Wait()
}

func killed(t *testing.T, path string) {
	f := start(t, lambda.Config{Program: path, Timeout: time.Minute, MaxProcesses: 2})
	before, err := invoke(t, f, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if n := f.Kill(); n != 1 {
		t.Errorf("%d processes were killed, want 1", n)
	}
	for end := time.Now().Add(time.Minute); alive(before.Pid); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d is still alive after a minute", before.Pid)
		}
	}
	after, err := invoke(t, f, `{}`)
	if err != nil || after.Pid == before.Pid {
		t.Errorf("process %d, error %v; want another one than %d", after.Pid, err, before.Pid)
	}
}

func hung(t *testing.T, path string) {
	f := start(t, lambda.Config{Program: path, Timeout: 3 * time.Second, MaxProcesses: 1})
	before, err := invoke(t, f, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := invoke(t, f, `{"Sleep": 60000000000}`); errorType(err) != lambda.TimedOut {
		t.Errorf("the hung call: %v, want %s", err, lambda.TimedOut)
	}
	after, err := invoke(t, f, `{}`)
	if err != nil || after.Pid == before.Pid || alive(before.Pid) {
		t.Errorf("process %d, error %v; want a fresh one and %d gone", after.Pid, err, before.Pid)
	}
}

func broken(t *testing.T, path string) {
	f := start(t, lambda.Config{Program: path, Timeout: time.Minute, MaxProcesses: 2, Env: []string{"BROKEN=1"}})
	if _, err := invoke(t, f, `{}`); errorType(err) != lambda.Exited {
		t.Errorf("the error is %v, want %s", err, lambda.Exited)
	}
}

func busy(t *testing.T, path string) {
	f := start(t, lambda.Config{Program: path, Timeout: time.Hour, MaxProcesses: 1})
	if _, err := invoke(t, f, `{}`); err != nil {
		t.Fatal(err)
	}
	// The end of the test ends it.
	go func() { _, _ = f.Invoke(context.WithoutCancel(t.Context()), []byte(`{"Sleep": 3600000000000}`)) }()
	var err error
	for err == nil { // until the other call has the process
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err = f.Invoke(ctx, []byte(`{}`))
		cancel()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v, want the deadline's", err)
	}
}

func logs(t *testing.T, path string) {
	var log bytes.Buffer
	f := start(t, lambda.Config{Program: path, Timeout: time.Minute, MaxProcesses: 1, Log: &log})
	if _, err := invoke(t, f, `{"Do": "log"}`); err != nil {
		t.Fatal(err)
	}
	f.Stop()
	if log.String() != "fn | first\nfn | second\n" {
		t.Errorf("the log is %q", log.String())
	}
}

func stop(t *testing.T, path string) {
	f := start(t, lambda.Config{Program: path, Timeout: time.Minute, MaxProcesses: 2})
	if _, err := invoke(t, f, `{}`); err != nil {
		t.Fatal(err)
	}
	pids := f.Pids()
	f.Stop()
	for _, pid := range pids {
		if alive(pid) {
			t.Errorf("process %d lives on", pid)
		}
	}
	if len(pids) != 1 {
		t.Errorf("there were %d processes, want 1", len(pids))
	}
}
