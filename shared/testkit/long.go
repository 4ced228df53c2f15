package testkit

import (
	"flag"
	"testing"
)

// long is read through Long and Size.
var long = flag.Bool("long", false, "run the long tests, and the others in their full size (.ci/run -long)")

// Long reports whether the tests run in their full size. Without it, a smaller
// size of the same property is tested, so that a package takes seconds.
func Long() bool { return *long }

// Size is the size of a test: full with -long, else small.
func Size(full, small int) int {
	if Long() {
		return full
	}
	return small
}

// LongOnly skips a test that has no smaller size, and says why.
func LongOnly(tb testing.TB, why string) {
	tb.Helper()
	if !Long() {
		tb.Skip("only with -long: " + why)
	}
}
