//go:build !linux

package ddblocal

import "syscall"

// dieWithParent does nothing on other systems: only Stop ends the engine.
func dieWithParent() *syscall.SysProcAttr { return nil }

// outOfReach does nothing on other systems, where no engine is shared.
func outOfReach() *syscall.SysProcAttr { return nil }

// goCommand finds nothing on other systems.
func goCommand() (process, bool) { return process{}, false }
