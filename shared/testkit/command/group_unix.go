//go:build unix

package command

import (
	"context"
	"os/exec"
	"syscall"
)

// Group returns a command in a process group of its own: Ctrl-C in the terminal does not reach it. When
// ctx ends, or by KillGroup, it is killed with the processes that it has started.
func Group(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := New(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return KillGroup(cmd) }
	return cmd
}

// KillGroup kills a started command of Group and every process that it has started. Without it, these
// keep the output of the command open.
func KillGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
