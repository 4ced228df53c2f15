package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"scimserver/shared/directory"
)

// pageMarkKey identifies the page marks that a request can use: those of the same credential and
// User-Agent with the same attributes, types, filter and page size.
func (f *search) pageMarkKey() string {
	names := []string{strconv.Itoa(f.q.count), f.r.UserAgent()}
	for _, p := range f.types {
		names = append(names, p.typ.Name)
	}
	for _, parameter := range []string{"attributes", "excludedAttributes", "filter"} {
		names = append(names, strings.Join(f.r.parameters[parameter], ","))
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return string(f.r.Caller.Credential) + "#" + hex.EncodeToString(sum[:12])
}

// chooseMark returns the page mark whose next page begins at an index. Last is the position where
// that page begins. It reports whether the position is known. If not, the mark is a new one at the
// nearest position before the index.
//
// A request says nothing about the client's previous page except the index. Several marks may wait
// for the same index at different positions, because something was created or deleted between
// their pages. Then the page begins at the first of these positions, and the other clients also
// begin there. So no client misses a resource, but one may see some twice.
func chooseMark(known []directory.PageMark, index int) (directory.PageMark, bool) {
	if waiting := waitingMarks(known, index); len(waiting) > 0 {
		first, last := waiting[0], waiting[0]
		for _, j := range waiting {
			if j.Next.Before(first.Next) {
				first = j
			}
			if last.Next.Before(j.Next) {
				last = j
			}
		}
		last.Last = first.Next
		return last, true
	}
	nearest := directory.PageMark{Last: directory.PagePosition{Index: 1}}
	for _, j := range known {
		if j.Last.Index == index { // the same page again
			return j, true
		}
		for _, at := range []directory.PagePosition{j.Last, j.Next} {
			if at.Index < index && at.Index > nearest.Last.Index {
				nearest.Last = at
			}
		}
	}
	return nearest, false
}

// waitingMarks returns the marks that wait for an index. It leaves out marks that did not move
// while another client came three pages far and now waits for the same index: their clients have
// given up.
func waitingMarks(known []directory.PageMark, index int) (waiting []directory.PageMark) {
	const far = 3 // pages
	var youngest time.Time
	for _, j := range known {
		if j.Next.Index == index && j.Pages >= far && j.Started().After(youngest) {
			youngest = j.Started()
		}
	}
	for _, j := range known {
		if j.Next.Index == index && !j.Moved.Before(youngest) {
			waiting = append(waiting, j)
		}
	}
	return waiting
}

// markTimeout limits the time to save a page mark. An answer does not wait longer for it.
const markTimeout = 500 * time.Millisecond

// markSaver returns a function that saves the page mark after a page. An error is ignored, because
// the next page can then be found by counting.
func (f *search) markSaver(j directory.PageMark, page []hit) func(context.Context, int) {
	if j.ID == "" {
		j.ID = f.r.Directory.NewPageMark().ID
	}
	j.Pages++
	kind := f.pageMarkKey()
	return func(ctx context.Context, shown int) {
		if shown == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, markTimeout)
		defer cancel()
		end := page[shown-1]
		j.Next = directory.PagePosition{Index: f.q.start + shown, Type: end.typeIndex, After: end.ID}
		_ = f.r.Directory.PutPageMark(ctx, kind, j)
	}
}
