// Package build compiles the functions exactly as they are deployed, but for this machine:
// the flags come from the Makefile that `sam build` uses.
package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

var export = regexp.MustCompile(`(?m)^export (CGO_ENABLED|GOFLAGS) = (.*)$`)

// limit is the longest time that a run of the go command may take, and the wait for a build by another
// process. On a slow machine without any compiled package, a build takes minutes.
const limit = 8 * time.Minute

// Check returns an error that explains how to get Go if there is no Go toolchain.
func Check() error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("the go command was not found: install Go, for example with: apt-get install golang")
	}
	return nil
}

// Programs compiles the packages in the given folders of a module, and puts each program
// at out/<name of its folder>/bootstrap. Programs whose source has not changed come from
// the user's cache.
func Programs(ctx context.Context, module string, folders []string, out string) error {
	b, err := newBuilder(module, folders)
	if err != nil {
		return err
	}
	source, err := b.source(ctx)
	if err != nil {
		return err
	}
	return b.fromCache(ctx, source, out)
}

// builder runs the go command on the functions' packages.
type builder struct {
	module   string
	packages []string // such as ./functions/users
	env      []string
}

func newBuilder(module string, folders []string) (*builder, error) {
	settings, err := Flags(filepath.Join(module, "Makefile"))
	if err != nil {
		return nil, err
	}
	b := &builder{module: module, env: append(os.Environ(), settings...)}
	for _, f := range folders {
		b.packages = append(b.packages, "./"+filepath.ToSlash(filepath.Clean(f)))
	}
	return b, nil
}

// source identifies the source of the programs: a hash of the build ids of all their
// packages, which depend on the compiler, the flags and the source text.
func (b *builder) source(ctx context.Context) (string, error) {
	listed, err := b.run(ctx, "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.BuildID}}")
	sum := sha256.Sum256(listed)
	return hex.EncodeToString(sum[:16]), err
}

// into compiles and links the programs: dir/<name of its folder>.
func (b *builder) into(ctx context.Context, dir string) error {
	_, err := b.run(ctx, "build", "-o", dir+string(filepath.Separator))
	return err
}

func (b *builder) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := command.Limited(ctx, limit, "go", append(args, b.packages...)...)
	cmd.Dir, cmd.Env = b.module, b.env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	printed, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("the functions do not build: %w\n%s", err, errs.Bytes())
	}
	return printed, err
}

// Flags returns the build flags of the Makefile, as environment variables for the go
// command.
func Flags(makefile string) ([]string, error) {
	data, err := os.ReadFile(makefile)
	if err != nil {
		return nil, err
	}
	var settings []string
	for _, m := range export.FindAllStringSubmatch(string(data), -1) {
		settings = append(settings, m[1]+"="+strings.TrimSpace(m[2]))
	}
	if len(settings) != 2 {
		return nil, fmt.Errorf(
			"%s does not export CGO_ENABLED and GOFLAGS, which say how functions are compiled",
			makefile,
		)
	}
	return settings, nil
}

// Path returns the path of the program that Programs made for a folder.
func Path(out, folder string) string {
	return filepath.Join(out, filepath.Base(folder), "bootstrap")
}
