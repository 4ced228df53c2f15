//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// alone keeps other imports away from a file until it is closed, or this program ends
// in whatever way.
func alone(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("another import is at work on %s", f.Name())
	}
	if err != nil {
		return fmt.Errorf("%s can't be locked: %w", f.Name(), err)
	}
	return nil
}
