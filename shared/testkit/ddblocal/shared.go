package ddblocal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// keeperVariable is set in the environment of a test program that works as the keeper. Its
// value is the folder of the shared engine.
const keeperVariable = "DDBLOCAL_KEEPER"

// The files in the folder of a shared engine. endpointFile is written when the engine is
// ready, failureFile when it could not start or has ended.
const (
	endpointFile = "endpoint" // the engine's URL
	failureFile  = "failure"  // why the engine could not start, or how it ended
)

// Shared is an engine for the tests of a package. All packages of one `go test` command
// share it, because an engine uses about five seconds of processor time until it has started
// and has compiled its most used code. Tests do not disturb each other, because each has
// its own tables.
//
// A test program that was not started by the go command has an engine of its own. So has
// every test program on a system other than Linux.
type Shared struct {
	endpoint string
	dir      string  // the folder of a shared engine, "" otherwise
	own      *Engine // nil if the engine is shared
}

// Share returns the engine of the running `go test` command, and starts it if this test
// program is the first one to ask. The caller calls Stop.
//
// The first test program starts itself a second time, with the same arguments. This second
// process is the keeper: it calls Keep, which starts the shared engine, and ends the engine
// and itself when the go command has ended.
func Share(ctx context.Context, o Options) (*Shared, error) {
	command, found := goCommand()
	if !found {
		own, err := Start(ctx, o)
		if err != nil {
			return nil, err
		}
		return &Shared{endpoint: own.Endpoint(), own: own}, nil
	}
	dir, err := sharedDir(command)
	if err != nil {
		return nil, err
	}
	err = os.Mkdir(dir, 0o700)
	if err == nil {
		err = lead(dir)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	endpoint, err := awaitEndpoint(ctx, dir)
	return &Shared{endpoint: endpoint, dir: dir}, err
}

// Endpoint returns the base URL for a DynamoDB client.
func (s *Shared) Endpoint() string { return s.endpoint }

// Failure returns an error that says how the engine ended, nil while it runs.
func (s *Shared) Failure() error {
	if s.own != nil {
		select {
		case <-s.own.Done():
			return fmt.Errorf("DynamoDB Local has ended: %s", s.own.tail)
		default:
			return nil
		}
	}
	return failure(s.dir)
}

// Stop ends the engine if it is not shared.
func (s *Shared) Stop() {
	if s.own != nil {
		s.own.Stop()
	}
}

// process identifies a process, even after its id has been used again.
type process struct {
	pid   int
	start string // when it started, in ticks since the machine's start
}

// sharedDir returns the folder for the engine of a go command. It may not exist.
func sharedDir(command process) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder for the shared engine: %w", err)
	}
	engines := filepath.Join(cache, "scimserver", "engines")
	return filepath.Join(engines, fmt.Sprintf("%d-%s", command.pid, command.start)), os.MkdirAll(engines, 0o700)
}

// lead starts the keeper in a folder that this test program has made. If that fails, it
// tells the other test programs, which wait for the engine.
func lead(dir string) error {
	err := startKeeper(dir)
	if err != nil {
		err = errors.Join(err, tell(dir, failureFile, err.Error()))
	}
	return err
}

// startKeeper starts this program once more, as the keeper. It has no output, because
// `go test` waits until the output of a test program is closed.
func startKeeper(dir string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := command.New(context.Background(), program, os.Args[1:]...)
	cmd.Env = append(os.Environ(), keeperVariable+"="+dir)
	cmd.SysProcAttr = outOfReach()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the keeper of the shared engine: %w", err)
	}
	return cmd.Process.Release()
}

// awaitEndpoint waits until the keeper has started the engine.
func awaitEndpoint(ctx context.Context, dir string) (string, error) {
	for {
		if err := failure(dir); err != nil {
			return "", err
		}
		text, err := os.ReadFile(filepath.Join(dir, endpointFile))
		if err == nil {
			return string(text), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the shared DynamoDB Local was not ready in time: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func failure(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, failureFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, errors.New(strings.TrimSpace(string(text))))
}
