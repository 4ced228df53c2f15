// Command scimctl operates the service through its operator API: tenants, their
// credentials, teams and provisioning log, and the accounts of the application.
// scimctl help lists its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/wording"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newApp(&input{ctx: ctx, from: os.Stdin}, os.Stdout, os.Stderr).Run(ctx, os.Args)
	if err == nil {
		return
	}
	printError(err)
	os.Exit(exitStatus(err))
}

// exitStatus is 2 for an error in the command line, 3 for findings of verify, and 1 for any
// other error.
func exitStatus(err error) int {
	const unknownHelpTopic = 3 // the library's own status, as in "scimctl -h nothing"
	if _, misused := errors.AsType[usageError](err); misused {
		return 2
	}
	if _, unsound := errors.AsType[unsoundError](err); unsound {
		return 3
	}
	if library, ok := errors.AsType[cli.ExitCoder](err); ok && library.ExitCode() == unknownHelpTopic {
		return 2
	}
	return 1
}

// printError prints an error, line by line.
func printError(err error) {
	for i, line := range strings.Split(err.Error(), "\n") {
		if i == 0 {
			line = "scimctl: " + line
		}
		fmt.Fprintln(os.Stderr, wording.Printable(line))
	}
}

// usageError is an error in the command line.
type usageError string

func (e usageError) Error() string { return string(e) }
