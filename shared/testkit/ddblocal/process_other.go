//go:build !linux

package ddblocal

import "syscall"

// dieWithParent does nothing on other systems: only Stop ends the engine.
func dieWithParent() *syscall.SysProcAttr { return nil }
