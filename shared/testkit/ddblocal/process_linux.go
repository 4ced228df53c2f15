package ddblocal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// dieWithParent makes the kernel end the engine with this process, even after a crash. In
// a process group of its own, the engine does not receive a Ctrl-C in the terminal before
// its users have stopped.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// outOfReach makes a process live on when its parent ends, and after a Ctrl-C.
func outOfReach() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// goCommand returns the parent of this process if it is the go command.
func goCommand() (process, bool) {
	pid := os.Getppid()
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil || filepath.Base(program) != "go" {
		return process{}, false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, false
	}
	// The second field is the program's name in parentheses, the 22nd the time of the start.
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndex(text, ")")+1:])
	const startTime = 22 - 3
	if len(fields) <= startTime {
		return process{}, false
	}
	return process{pid, fields[startTime]}, true
}
