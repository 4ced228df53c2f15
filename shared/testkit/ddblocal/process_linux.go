package ddblocal

import "syscall"

// dieWithParent makes the kernel end the engine with this process, however that
// ends. The group of its own keeps a Ctrl-C in the terminal from reaching the
// engine before those that use it have stopped.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
