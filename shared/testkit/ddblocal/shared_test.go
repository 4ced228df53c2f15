//go:build linux

package ddblocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scimserver/shared/testkit/command"
)

func TestMain(m *testing.M) {
	if IsKeeper() {
		if err := Keep(Options{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// shared starts an engine that is shared until a command ends, which stands for `go test`.
func shared(t *testing.T) (s *Shared, parent *os.Process) {
	t.Helper()
	sleep := command.New(t.Context(), "sleep", "3600")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sleep.Wait() })
	dir := filepath.Join(t.TempDir(), fmt.Sprintf("%d-1", sleep.Process.Pid))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := startKeeper(dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*startLimit)
	defer cancel()
	endpoint, err := awaitEndpoint(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	return &Shared{endpoint: endpoint, dir: dir}, sleep.Process
}

// enginePid returns the process id of the engine that listens on a port.
func enginePid(t *testing.T, s *Shared) int {
	t.Helper()
	port := s.endpoint[strings.LastIndex(s.endpoint, ":")+1:]
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil && bytes.Contains(line, []byte("\x00-port\x00"+port+"\x00")) {
			var pid int
			_, err = fmt.Sscanf(file, "/proc/%d/", &pid)
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	t.Fatalf("no process has the port %s", port)
	return 0
}

// eventually waits for a condition, long enough for a machine that is busy.
func eventually(t *testing.T, what string, met func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !met(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after a minute: not yet %s", what)
		}
	}
}

func TestSharedEngineEndsWithItsCommand(t *testing.T) {
	t.Parallel()
	s, parent := shared(t)
	pid := enginePid(t, s)
	if err := s.Failure(); err != nil {
		t.Errorf("a running engine has the failure %v", err)
	}
	s.Stop()
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("Stop ended the engine of other packages: %v", err)
	}
	if err := parent.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := parent.Wait(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "without the engine", func() bool { return syscall.Kill(pid, 0) != nil })
	eventually(t, "without its folder", func() bool {
		_, err := os.Stat(s.dir)
		return errors.Is(err, fs.ErrNotExist)
	})
}

func TestDeathOfASharedEngineIsSaid(t *testing.T) {
	t.Parallel()
	s, parent := shared(t)
	defer func() { _ = parent.Kill() }()
	if err := syscall.Kill(enginePid(t, s), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "told", func() bool { return s.Failure() != nil })
	if _, err := awaitEndpoint(t.Context(), s.dir); err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("the next package gets %v, want an error that says the engine has ended", err)
	}
}
