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

// chooseMark returns the page mark for the page at an index, and whether the position where that page
// begins is known. Last of the mark is this position. If it is not known, the mark is a new one, and
// Last is the nearest known position before the index.
//
// A request says nothing about the client's previous page except the index. Several marks may wait
// for the same index at different positions, because something was created or deleted between
// their pages. Then the page begins at the first of these positions, and the other clients also
// begin there. So no client misses a resource, but one may see some twice.
func chooseMark(known []directory.PageMark, index int) (directory.PageMark, bool) {
	if waiting := waitingMarks(known, index); len(waiting) > 0 {
		first, last := waiting[0], waiting[0]
		for _, mark := range waiting {
			if mark.Next.Before(first.Next) {
				first = mark
			}
			if last.Next.Before(mark.Next) {
				last = mark
			}
		}
		last.Last = first.Next
		return last, true
	}
	nearest := directory.PageMark{Last: directory.PagePosition{Index: 1}}
	for _, mark := range known {
		if mark.Last.Index == index { // the same page again
			return mark, true
		}
		for _, at := range []directory.PagePosition{mark.Last, mark.Next} {
			if at.Index < index && at.Index > nearest.Last.Index {
				nearest.Last = at
			}
		}
	}
	return nearest, false
}

// waitingMarks returns the marks that wait for an index. If a client has read three pages or more and
// waits for the index, marks that have not moved since that client started are left out: their clients
// have given up.
func waitingMarks(known []directory.PageMark, index int) (waiting []directory.PageMark) {
	const far = 3 // pages
	var youngest time.Time
	for _, mark := range known {
		if mark.Next.Index == index && mark.Pages >= far && mark.Started().After(youngest) {
			youngest = mark.Started()
		}
	}
	for _, mark := range known {
		if mark.Next.Index == index && !mark.Moved.Before(youngest) {
			waiting = append(waiting, mark)
		}
	}
	return waiting
}

// markTimeout limits the time to save a page mark. An answer does not wait longer for it.
const markTimeout = 500 * time.Millisecond

// markSaver returns a function that saves the page mark after a page. An error is ignored, because
// the next page can then be found by counting.
func (f *search) markSaver(mark directory.PageMark, page []hit) func(context.Context, int) {
	if mark.ID == "" {
		mark.ID = f.r.Directory.NewPageMark().ID
	}
	mark.Pages++
	kind := f.pageMarkKey()
	return func(ctx context.Context, shown int) {
		if shown == 0 {
			return
		}
		ctx, cancel := f.Server.Directory.Brief(ctx, markTimeout)
		defer cancel()
		end := page[shown-1]
		mark.Next = directory.PagePosition{Index: f.q.start + shown, Type: end.typeIndex, After: end.ID}
		_ = f.r.Directory.PutPageMark(ctx, kind, mark)
	}
}
