package command

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A program that hangs is ended, and a process that it has started and has its output is not waited for.
func TestLimited(t *testing.T) {
	cmd := Limited(t.Context(), time.Second, "sh", "-c", "sleep 3600 & echo $!; wait")
	if cmd.WaitDelay != outputWait {
		t.Errorf("the output is waited for %v", cmd.WaitDelay)
	}
	cmd.WaitDelay = time.Millisecond
	out, err := cmd.Output()
	pid, noNumber := strconv.Atoi(strings.TrimSpace(string(out)))
	if err == nil || noNumber != nil {
		t.Fatalf("%q, %v", out, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("the other process was waited for: %v", err)
	}
}

func TestWithinTheLimit(t *testing.T) {
	for _, ctx := range []context.Context{t.Context(), context.Background()} {
		if out, err := Limited(ctx, time.Hour, "echo", "done").Output(); err != nil || string(out) != "done\n" {
			t.Errorf("%q, %v", out, err)
		}
	}
}

// A command that prints nothing more is ended.
func TestLine(t *testing.T) {
	cmd := New(t.Context(), "sh", "-c", "echo one; exec sleep 3600")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if line, err := Line(cmd, lines, time.Hour); err != nil || line != "one" {
		t.Errorf("%q, %v", line, err)
	}
	if line, err := Line(cmd, lines, time.Millisecond); !errors.Is(err, io.EOF) {
		t.Errorf("%q, %v", line, err)
	}
	_ = cmd.Wait()
}
