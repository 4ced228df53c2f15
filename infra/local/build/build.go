// Package build compiles the functions exactly as they are deployed, but for
// the machine it runs on: the flags come from the Makefile that `sam build` uses.
package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

var export = regexp.MustCompile(`(?m)^export (CGO_ENABLED|GOFLAGS) = (.*)$`)

// Check says whether there is a Go toolchain, and how to get one.
func Check() error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("the go command was not found: install Go, for example with: apt-get install golang")
	}
	return nil
}

// Programs compiles the packages in the given folders of a module, all at once,
// and puts the program of each at out/<name of its folder>/bootstrap.
func Programs(ctx context.Context, module string, folders []string, out string) error {
	settings, err := flags(filepath.Join(module, "Makefile"))
	if err != nil {
		return err
	}
	binaries := filepath.Join(out, "bin")
	if err := os.MkdirAll(binaries, 0o755); err != nil {
		return err
	}
	args := []string{"build", "-o", binaries + string(filepath.Separator)}
	for _, f := range folders {
		args = append(args, "./"+filepath.ToSlash(filepath.Clean(f)))
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), settings...)
	if printed, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the functions do not build: %w\n%s", err, printed)
	}
	for _, f := range folders {
		if err := place(binaries, out, filepath.Base(f)); err != nil {
			return err
		}
	}
	return nil
}

// flags reads how the Makefile compiles, as settings of the go command's environment.
func flags(makefile string) ([]string, error) {
	data, err := os.ReadFile(makefile)
	if err != nil {
		return nil, err
	}
	var settings []string
	for _, m := range export.FindAllStringSubmatch(string(data), -1) {
		settings = append(settings, m[1]+"="+strings.TrimSpace(m[2]))
	}
	if len(settings) != 2 {
		return nil, fmt.Errorf("%s does not export CGO_ENABLED and GOFLAGS, which say how functions are compiled", makefile)
	}
	return settings, nil
}

// place gives a program the name that Lambda expects.
func place(binaries, out, name string) error {
	if err := os.MkdirAll(filepath.Join(out, name), 0o755); err != nil {
		return err
	}
	return os.Rename(filepath.Join(binaries, name), Path(out, name))
}

// Path is where Programs put the program of a folder.
func Path(out, folder string) string {
	return filepath.Join(out, filepath.Base(folder), "bootstrap")
}
