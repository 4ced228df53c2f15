package lambda

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a program into a process group of its own: Ctrl-C in the terminal does not
// reach it, and its child processes end with it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// killGroup ends a program and its child processes.
func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}
