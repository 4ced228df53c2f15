// Package median finds the value in the middle, which one slow run does not change.
package median

import (
	"cmp"
	"slices"
)

// Of returns the median of a value of all samples, of which there is at least one. Among an
// even number of them it is the upper one.
func Of[S any, T cmp.Ordered](samples []S, value func(S) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
