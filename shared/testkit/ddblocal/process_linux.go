package ddblocal

import "syscall"

// dieWithParent makes the kernel end the engine with this process, even after a crash. In
// a process group of its own, the engine does not receive a Ctrl-C in the terminal before
// its users have stopped.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
