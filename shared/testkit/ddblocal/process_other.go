//go:build !linux

package ddblocal

import "syscall"

// dieWithParent has nothing to ask of other systems: there, Stop is what ends the engine.
func dieWithParent() *syscall.SysProcAttr { return nil }
