package journal

import (
	"fmt"
	"testing"
)

// TestImagesAreBounded: the images that were not used for the longest time are dropped.
func TestImagesAreBounded(t *testing.T) {
	m := images{maxBytes: 200} // about eight images
	record := func(n int) Record {
		return Record{Table: "t", Keys: map[string]any{"PK": n},
			NewImage: map[string]any{"a": fmt.Sprintf("item %04d", n)}}
	}
	for n := range 100 {
		if old, err := m.swap(record(n)); err != nil || old != nil {
			t.Fatalf("item %d: %s, %v", n, old, err)
		}
		if n > 0 {
			if old, err := m.swap(record(n - 1)); err != nil || string(old) != fmt.Sprintf(`{"a":"item %04d"}`, n-1) {
				t.Fatalf("item %d again: %s, %v", n-1, old, err)
			}
		}
		if size := len(m.recent) + len(m.previous); size > 10 || m.size > 100 {
			t.Fatalf("%d items, %d bytes are remembered", size, m.size)
		}
	}
	if old, err := m.swap(record(3)); err != nil || old != nil {
		t.Errorf("the first are remembered: %s, %v", old, err)
	}
}
