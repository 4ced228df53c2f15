package server

import (
	"slices"
	"strings"
	"sync"

	"scimserver/shared/scim"
)

// topK collects the first n hits in the search's order, and counts all hits. Hits may come in any
// order. It holds at most 2n hits, and is safe for concurrent use.
type topK struct {
	compare       func(a, b position) int
	n             int       // the number of hits to keep
	after         *position // only hits after it are kept; nil means all
	keepResources bool      // keep the resources of hits, not only their ids

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
	h.ID = scim.ID(strings.Clone(string(h.ID))) // a copy, so that the item it was read from can be freed
	if len(t.hits) == 2*t.n {
		t.trim()
	}
	t.hits = append(t.hits, h)
}

func (t *topK) trim() {
	slices.SortFunc(t.hits, func(a, b hit) int { return t.compare(a.position, b.position) })
	keep := min(t.n, len(t.hits))
	clear(t.hits[keep:]) // so that their resources can be freed
	t.hits = t.hits[:keep]
}

// sorted returns the first hits in order.
func (t *topK) sorted() []hit {
	t.trim()
	return t.hits
}

// full reports whether n hits are held.
func (t *topK) full() bool { return len(t.hits) >= t.n }
