package ddblocal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// IsKeeper reports whether this process has to call Keep instead of running tests.
func IsKeeper() bool { return os.Getenv(keeperVariable) != "" }

// Keep starts a shared engine for the go command whose id is in the name of the engine's
// folder. It returns when that command has ended, and leaves nothing.
func Keep(o Options) error {
	dir := os.Getenv(keeperVariable)
	defer func() { _ = os.RemoveAll(dir) }()
	id, _, _ := strings.Cut(filepath.Base(dir), "-")
	pid, err := strconv.Atoi(id)
	if err != nil {
		return fmt.Errorf("%s=%s names no process: %w", keeperVariable, dir, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		awaitEnd(pid)
	}()
	err = keep(ctx, dir, o)
	<-ctx.Done()
	return err
}

// keep runs the engine until the context ends. It tells the test programs when the engine
// is ready, and why it failed.
func keep(ctx context.Context, dir string, o Options) error {
	e, err := Start(ctx, o)
	if err != nil {
		return tell(dir, failureFile, err.Error())
	}
	defer e.Stop()
	if err := tell(dir, endpointFile, e.Endpoint()); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-e.Done():
		return tell(dir, failureFile, fmt.Sprintf("the DynamoDB Local that the tests share has ended: %s", e.tail))
	}
}

// tell writes a file that appears with all its content.
func tell(dir, name, text string) error {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path+".part", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// awaitEnd returns when the process with an id has ended. It need not be a child of this one. The
// handle p keeps referring to it even if its id is used again.
func awaitEnd(pid int) {
	p, err := os.FindProcess(pid)
	for ; err == nil; err = p.Signal(syscall.Signal(0)) {
		time.Sleep(100 * time.Millisecond)
	}
}
