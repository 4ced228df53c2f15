// Package command runs programs for tests and for the tools of development. A program is killed after
// a limit of time, or with its context.
package command

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// outputWait is how long Wait waits for the output of a program that has ended. Without it, Wait waits
// for every process that the program has started and that has the same output.
const outputWait = 10 * time.Second

// New returns a command that is killed when ctx ends.
func New(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = outputWait
	return cmd
}

// Line returns the next line that a running command prints. If none arrives within limit, it kills the
// command and returns an error.
func Line(cmd *exec.Cmd, lines *bufio.Scanner, limit time.Duration) (string, error) {
	slow := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	defer slow.Stop()
	if !lines.Scan() {
		return "", fmt.Errorf("%s has printed no further line, for at most %v: %w",
			strings.Join(cmd.Args, " "), limit, cmp.Or(lines.Err(), io.EOF))
	}
	return lines.Text(), nil
}

var errLimit = errors.New("the time limit of the command has passed")

// Limited returns a command that is killed after limit. Then a line on standard error says which one it was.
func Limited(ctx context.Context, limit time.Duration, name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errLimit)
	cmd := New(ctx, name, args...)
	cmd.Cancel = func() error {
		defer cancel()
		if errors.Is(context.Cause(ctx), errLimit) {
			fmt.Fprintf(os.Stderr, "%s did not end within %v, so it was ended\n", strings.Join(cmd.Args, " "), limit)
		}
		return cmd.Process.Kill()
	}
	return cmd
}
