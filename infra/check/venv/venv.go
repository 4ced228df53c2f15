// Package venv makes Python virtual environments for the tools of the checks, each
// once, in the user's cache.
package venv

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// SAM holds the SAM CLI with its translator, and cfn-lint.
func SAM() []string { return []string{"aws-sam-cli==1.170.0", "cfn-lint==1.58.0"} }

// MiniStack holds the AWS emulator of the rehearsal.
func MiniStack() []string { return []string{"ministack[full]==1.5.33"} }

// Python returns the interpreter of an environment with the packages, each pinned
// as NAME==VERSION. Programs in it are called as modules (python -m NAME).
//
// The environment is made in a folder of its own and renamed when it is complete:
// an interrupted attempt leaves nothing that looks complete, and two processes that
// need it at the same time do not disturb each other. Modules still work after the
// rename; scripts in bin/ do not, because they name the old folder.
func Python(ctx context.Context, packages []string) (string, error) {
	return environment(ctx, strings.Join(packages, "-"), packages)
}

// FromList is Python for a complete list of packages in a file of pip's, each with its
// hashes. Each version of the list has an environment.
func FromList(ctx context.Context, file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	args := []string{"--no-deps", "--require-hashes", "--requirement", file}
	return environment(ctx, fmt.Sprintf("list-%.8x", sha256.Sum256(text)), args)
}

// environment returns the interpreter of the environment with a name. It makes the
// environment if it does not exist, with the arguments of pip install.
func environment(ctx context.Context, name string, pipArgs []string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	all := filepath.Join(cache, "scimserver")
	env := filepath.Join(all, "python-"+name)
	python := filepath.Join(env, "bin", "python")
	if _, err := os.Stat(python); err == nil {
		return python, nil
	}
	if err := os.MkdirAll(all, 0o755); err != nil {
		return "", err
	}
	made, err := os.MkdirTemp(all, "new-python-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(made) }()
	if err := install(ctx, made, pipArgs); err != nil {
		return "", err
	}
	if err := os.Rename(made, env); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return python, nil
}

func install(ctx context.Context, dir string, pipArgs []string) error {
	if err := run(ctx, "python3", "-m", "venv", dir); err != nil {
		return fmt.Errorf(
			"this needs Python 3 with venv; install it, for example with: apt-get install python3-venv\n%w",
			err,
		)
	}
	args := append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, pipArgs...)
	return run(ctx, filepath.Join(dir, "bin", "python"), args...)
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := command.Limited(ctx, 10*time.Minute, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
