package server

import (
	"slices"
	"strings"
	"sync"

	"scimserver/shared/scim"
)

// top finds the hits that stand first among many, in whatever order they come, and
// counts all. It holds at most twice as many as it is asked for, and is safe for
// concurrent use.
type top struct {
	compare func(a, b position) int
	n       int       // hits to find
	behind  *position // only hits behind it are to be found; nil: all
	keeps   bool      // the resources of hits, too

	mu    sync.Mutex
	total int
	hits  []hit
}

func (t *top) add(h hit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total++
	if t.n == 0 || t.behind != nil && t.compare(h.position, *t.behind) <= 0 {
		return
	}
	if !t.keeps {
		h.resource = nil
	}
	h.ID = scim.ID(strings.Clone(string(h.ID))) // not to keep what was read with it
	if len(t.hits) == 2*t.n {
		t.cut()
	}
	t.hits = append(t.hits, h)
}

func (t *top) cut() {
	slices.SortFunc(t.hits, func(a, b hit) int { return t.compare(a.position, b.position) })
	keep := min(t.n, len(t.hits))
	clear(t.hits[keep:]) // their resources are garbage
	t.hits = t.hits[:keep]
}

// first returns the hits that stand first, in order.
func (t *top) first() []hit {
	t.cut()
	return t.hits
}

// full reports whether so many hits were added as are to be found.
func (t *top) full() bool { return len(t.hits) >= t.n }
