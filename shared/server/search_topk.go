package server

import (
	"slices"
	"strings"
	"sync"

	"scimserver/shared/scim"
)

// topK finds the hits that stand first among many, in whatever order they come, and
// counts all. It holds at most twice as many as it is asked for, and is safe for
// concurrent use.
type topK struct {
	compare       func(a, b position) int
	n             int       // hits to find
	after         *position // only hits behind it are to be found; nil: all
	keepResources bool      // the resources of hits, too

	mu    sync.Mutex
	total int
	hits  []hit
}

func (t *topK) add(h hit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total++
	if t.n == 0 || t.after != nil && t.compare(h.position, *t.after) <= 0 {
		return
	}
	if !t.keepResources {
		h.resource = nil
	}
	h.ID = scim.ID(strings.Clone(string(h.ID))) // not to keep what was read with it
	if len(t.hits) == 2*t.n {
		t.trim()
	}
	t.hits = append(t.hits, h)
}

func (t *topK) trim() {
	slices.SortFunc(t.hits, func(a, b hit) int { return t.compare(a.position, b.position) })
	keep := min(t.n, len(t.hits))
	clear(t.hits[keep:]) // their resources are garbage
	t.hits = t.hits[:keep]
}

// sorted returns the hits that stand first, in order.
func (t *topK) sorted() []hit {
	t.trim()
	return t.hits
}

// full reports whether so many hits were added as are to be found.
func (t *topK) full() bool { return len(t.hits) >= t.n }
