package costs

import (
	"slices"
	"testing"
)

func TestSizes(t *testing.T) {
	for largest, want := range map[int][]int{9: nil, 10: {10}, 1000: {10, 100, 1000}, 1500: {10, 100, 1000}} {
		if got := sizes(largest); !slices.Equal(got, want) {
			t.Errorf("up to %d: %v, want %v", largest, got, want)
		}
	}
}

// The size must make no difference beyond the members that an answer shows, and the density of
// ids: see TestGroupCapacity and TestCapacityOfMemberships of the service.
func TestRun(t *testing.T) {
	t.Chdir("../../..")
	r, err := Run(t.Context(), Sizes{Members: 1000, Users: 2100})
	if err != nil {
		t.Fatal(err)
	}
	small, large := r.Members[1], r.Members[2]
	small.Size, large.Size = 0, 0
	if small != large || large.Writes != 8 {
		t.Errorf("one more member: %+v at 100 members, %+v at 1,000", small, large)
	}
	first, last := r.Pages[0], r.Pages[len(r.Pages)-1]
	if last.Size != 2000 || last.Reads > first.Reads+3 || last.Calls > first.Calls+3 {
		t.Errorf("a page: %+v at the start, %+v at the end", first, last)
	}
}
