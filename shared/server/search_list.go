package server

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// list finds a page of all resources in the usual order by its index: in as many
// calls one after the other at any depth, if the client came by the pages before.
func (f *search) list(ctx context.Context) (*result, error) {
	if f.q.start == 1 {
		return f.begin(ctx)
	}
	var total int
	var known []directory.PageMark
	work, within := errgroup.WithContext(ctx)
	work.Go(func() (err error) { total, err = f.count(within); return err })
	if f.q.count > 0 {
		work.Go(func() (err error) { known, err = f.r.Directory.PageMarks(within, f.journeyKind()); return err })
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	j, exact := resume(known, f.q.start)
	if f.q.count == 0 || !exact && f.q.start > total {
		return &result{total: total}, nil
	}
	if !exact {
		var err error
		if j, err = f.skip(ctx, j); err != nil {
			return nil, err
		}
	}
	found, err := f.pageAt(ctx, j.Last)
	return f.counted(found, total, j), err
}

// begin finds the first page.
func (f *search) begin(ctx context.Context) (*result, error) {
	var total int
	found := &result{}
	j := f.r.Directory.NewPageMark()
	j.Last = directory.PagePosition{Index: 1}
	work, within := errgroup.WithContext(ctx)
	work.Go(func() (err error) { total, err = f.count(within); return err })
	work.Go(func() (err error) { found, err = f.pageAt(within, j.Last); return err })
	err := work.Wait()
	return f.counted(found, total, j), err
}

// counted completes a page that begins where a journey stands. What is shown to
// exist counts, even if the counters were read before it was created, or if much in
// front of the page is gone: a client that goes by totalResults must not stop early.
func (f *search) counted(found *result, total int, j directory.PageMark) *result {
	if found == nil {
		return nil
	}
	least := f.q.start - 1 + len(found.page)
	if found.more {
		least++
	}
	found.total = max(total, least)
	if f.q.start == 1 && f.q.count > 0 && !found.more { // the page is the whole collection
		found.total = len(found.page)
	}
	if found.more || f.q.start > 1 && len(found.page) > 0 {
		found.note = f.noting(j, found.page)
	}
	return found
}

// count counts all resources.
func (f *search) count(ctx context.Context) (total int, err error) {
	f.r.event.planned("list")
	counts := make([]int, len(f.parts))
	work, ctx := errgroup.WithContext(ctx)
	for i, p := range f.parts {
		work.Go(func() (err error) { counts[i], err = p.r.Directory.Count(ctx, p.kind); return err })
	}
	err = work.Wait()
	for _, n := range counts {
		total += n
	}
	return total, err
}

// pageAt reads the page that begins at a place, type by type.
func (f *search) pageAt(ctx context.Context, at directory.PagePosition) (*result, error) {
	found := &result{}
	for ; f.q.count > 0 && at.Type < len(f.parts) && !found.more; at = (directory.PagePosition{Type: at.Type + 1}) {
		p, want := f.parts[at.Type], f.q.count-len(found.page)
		some, more, err := p.r.Directory.Page(ctx, p.kind, at.After, max(1, want))
		if err != nil {
			return nil, err
		}
		if found.more = more || want == 0 && len(some) > 0; want == 0 {
			continue
		}
		for _, one := range some {
			found.end = f.position(p, one.ID, scim.Value{})
			found.page = append(found.page, hit{found.end, &one})
		}
	}
	f.r.event.read.Add(int64(len(found.page)))
	f.r.event.matched.Add(int64(len(found.page)))
	return found, nil
}

// skip goes on with a journey that stands before the index that is asked for, by
// counting.
func (f *search) skip(ctx context.Context, j directory.PageMark) (directory.PageMark, error) {
	for at, left := j.Last, f.q.start-j.Last.Index; ; at = (directory.PagePosition{Type: at.Type + 1}) {
		p := f.parts[at.Type]
		last, skipped, err := p.r.Directory.Skip(ctx, p.kind, at.After, left)
		if errors.Is(err, directory.ErrTooMany) {
			err = scim.TooMany("this page is too far behind the first to be found by startIndex alone; come by the pages before it, or page by cursor")
		}
		if left -= skipped; err != nil || left == 0 || at.Type+1 == len(f.parts) {
			j.Last = directory.PagePosition{Index: f.q.start, Type: at.Type, After: last}
			return j, err
		}
	}
}
