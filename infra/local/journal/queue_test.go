package journal_test

import (
	"context"
	"testing"

	"scimserver/infra/local/journal"
)

func TestQueueIsBounded(t *testing.T) {
	q := journal.NewQueue[string](10)
	for i, c := range []struct {
		size, lost int
	}{{6, 0}, {6, 0}, {1, 1}, {1, 2}} {
		if lost := q.Put(string(rune('a'+i)), c.size); lost != c.lost {
			t.Errorf("put %d: %d are lost, want %d", i, lost, c.lost)
		}
	}
	over, end := context.WithCancel(t.Context())
	end()
	if item, ok := q.Next(over); !ok || item != "a" {
		t.Errorf("%q, %v; want what is there, in order", item, ok)
	}
	if lost := q.Put("e", 1); lost != 0 {
		t.Errorf("%d are lost, though there is room again", lost)
	}
	if lost := q.Put("f", 9); lost != 0 {
		t.Errorf("%d are lost, though there is room", lost)
	}
	if lost := q.Put("g", 1); lost != 1 {
		t.Errorf("%d are lost, want to count anew", lost)
	}
	for _, want := range []string{"b", "e", "f"} {
		if item, ok := q.Next(over); !ok || item != want {
			t.Errorf("%q, %v; want %s", item, ok, want)
		}
	}
	if item, ok := q.Next(over); ok {
		t.Errorf("%q is there still", item)
	}
}
