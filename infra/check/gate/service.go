package gate

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
	"time"

	"scimserver/shared/testkit/command"
)

// service is the local stack, run as a program of its own with an environment file
// for scripts, as the README describes it.
type service struct {
	dir       string   // of the program and the environment file
	variables []string // of the environment file: SCIM_URL=..., SCIM_TOKEN=...
	output    bytes.Buffer
	end       context.CancelFunc
	ended     chan struct{} // closed once the program has ended
}

// startService builds infra/local, starts it on free ports and waits until it is
// ready. The caller stops it.
func (t tree) startService(ctx context.Context) (*service, error) {
	dir, err := os.MkdirTemp("", "suites-")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &service{dir: dir, end: cancel, ended: make(chan struct{})}
	if err := t.run(ctx, s); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (t tree) run(ctx context.Context, s *service) error {
	program, envFile := filepath.Join(s.dir, "local"), filepath.Join(s.dir, "env")
	if err := t.goTool(ctx, "build", "-o", program, "./infra/local"); err != nil {
		close(s.ended)
		return err
	}
	cmd := command.New(ctx, program, "-port", "0", "-env-file", envFile)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.root, &s.output, &s.output
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	if err := cmd.Start(); err != nil {
		close(s.ended)
		return err
	}
	go func() {
		_ = cmd.Wait()
		close(s.ended)
	}()
	return s.awaitReady(ctx, envFile)
}

// awaitReady waits for the environment file and reads it. The file is complete as soon as
// it exists.
func (s *service) awaitReady(ctx context.Context, envFile string) error {
	const limit = 10 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		text, err := os.ReadFile(envFile)
		if err == nil {
			s.variables = strings.Fields(string(text))
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("the local stack was not ready within %v: %w", limit, ctx.Err())
		case <-s.ended:
			return fmt.Errorf("the local stack ended before it was ready:\n%s", &s.output)
		}
	}
}

// variable returns a value in the environment file.
func (s *service) variable(name string) string {
	for _, line := range s.variables {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// stop ends the program and returns once it has ended.
func (s *service) stop() {
	s.end()
	<-s.ended
	_ = os.RemoveAll(s.dir)
}
