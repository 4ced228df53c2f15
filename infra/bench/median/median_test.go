package median

import "testing"

func TestOf(t *testing.T) {
	same := func(n int) int { return n }
	for want, samples := range map[int][]int{7: {7}, 2: {9, 1, 2}, 5: {5, 9, 1, 2}} {
		if got := Of(samples, same); got != want {
			t.Errorf("of %v: %d, want %d", samples, got, want)
		}
	}
}
