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

// journeyKind says which walks through pages may be taken for one another: those
// of one credential and program for the same attributes, types, filter and size of pages.
func (f *search) journeyKind() string {
	names := []string{strconv.Itoa(f.q.count), f.r.UserAgent()}
	for _, p := range f.parts {
		names = append(names, p.typ.Name)
	}
	for _, parameter := range []string{"attributes", "excludedAttributes", "filter"} {
		names = append(names, strings.Join(f.r.parameters[parameter], ","))
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return string(f.r.Caller.Credential) + "#" + hex.EncodeToString(sum[:12])
}

// resume returns the journey that goes on at an index, with the place where its
// page begins as Last, and whether that place is known. If not, the journey is a new
// one from the nearest place before.
//
// A request says nothing of the client's page before but its index. Where several
// journeys wait for the same index, at different places because something was
// created or deleted between their pages, the page begins at the foremost place,
// and so will those that still wait: nobody misses a resource, though one of them
// may meet some twice.
func resume(known []directory.PageMark, index int) (directory.PageMark, bool) {
	if waiting := active(known, index); len(waiting) > 0 {
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

// active returns the journeys that wait for an index, but for those which have
// rested while another that waits for it has come a long way: they were given up.
func active(known []directory.PageMark, index int) (waiting []directory.PageMark) {
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

// noteTime bounds the writing of a note, which nobody is to wait for if it fails.
const noteTime = 500 * time.Millisecond

// noting returns what notes that a journey has come past a page. That it fails is
// no error: the next page is then found by counting.
func (f *search) noting(j directory.PageMark, page []hit) func(context.Context, int) {
	if j.ID == "" {
		j.ID = f.r.Directory.NewPageMark().ID
	}
	j.Pages++
	kind := f.journeyKind()
	return func(ctx context.Context, shown int) {
		if shown == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, noteTime)
		defer cancel()
		end := page[shown-1]
		j.Next = directory.PagePosition{Index: f.q.start + shown, Type: end.part, After: end.ID}
		_ = f.r.Directory.PutPageMark(ctx, kind, j)
	}
}
