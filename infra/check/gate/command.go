package gate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// commandLimit is the longest time that a command may take. The race detector needs ten minutes.
const commandLimit = 40 * time.Minute

// command runs a program in the tree with additional environment variables. It returns the
// output, which the error includes as well.
func (t tree) command(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := command.Limited(ctx, commandLimit, name, args...)
	cmd.Dir = t.root
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out), err
}

// goTool runs the go command.
func (t tree) goTool(ctx context.Context, args ...string) error {
	_, err := t.command(ctx, nil, "go", args...)
	return err
}

// need fails if a program is missing, with a command that installs it.
func need(program, purpose, install string) error {
	if _, err := exec.LookPath(program); err != nil {
		return errors.New(
			purpose + " needs " + program + ", which was not found: install it, for example with: " + install,
		)
	}
	return nil
}
