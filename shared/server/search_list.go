package server

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// list finds a page of all resources in the default order by its index. If there is a page mark,
// the number of calls does not depend on the index.
func (f *search) list(ctx context.Context) (*result, error) {
	if f.q.start == 1 {
		return f.firstPage(ctx)
	}
	var total int
	var known []directory.PageMark
	work, within := errgroup.WithContext(ctx)
	work.Go(func() (err error) { total, err = f.count(within); return err })
	if f.q.count > 0 {
		work.Go(func() (err error) { known, err = f.r.Directory.PageMarks(within, f.pageMarkKey()); return err })
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	mark, exact := chooseMark(known, f.q.start)
	if f.q.count == 0 || !exact && f.q.start > total {
		return &result{total: total}, nil
	}
	if !exact {
		var err error
		if mark, err = f.skipTo(ctx, mark); err != nil {
			return nil, err
		}
	}
	found, err := f.pageAt(ctx, mark.Last)
	return f.withTotal(found, total, mark), err
}

// firstPage finds the first page.
func (f *search) firstPage(ctx context.Context) (*result, error) {
	var total int
	found := &result{}
	mark := f.r.Directory.NewPageMark()
	mark.Last = directory.PagePosition{Index: 1}
	work, within := errgroup.WithContext(ctx)
	work.Go(func() (err error) { total, err = f.count(within); return err })
	work.Go(func() (err error) { found, err = f.pageAt(within, mark.Last); return err })
	err := work.Wait()
	return f.withTotal(found, total, mark), err
}

// withTotal completes a page that begins at a page mark. totalResults counts at least the
// resources that the client has seen, even if the counters were read before some were created, or
// if many before the page are gone. Otherwise a client that relies on totalResults would stop early.
func (f *search) withTotal(found *result, total int, mark directory.PageMark) *result {
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
		found.saveMark = f.markSaver(mark, found.page)
	}
	return found
}

// count counts all resources.
func (f *search) count(ctx context.Context) (total int, err error) {
	f.r.event.addPlan("list")
	counts := make([]int, len(f.types))
	work, ctx := errgroup.WithContext(ctx)
	for i, p := range f.types {
		work.Go(func() (err error) { counts[i], err = p.r.Directory.Count(ctx, p.kind); return err })
	}
	err = work.Wait()
	for _, n := range counts {
		total += n
	}
	return total, err
}

// pageAt reads the page that begins at a position, one type after the other.
func (f *search) pageAt(ctx context.Context, at directory.PagePosition) (*result, error) {
	found := &result{}
	for ; f.q.count > 0 && at.Type < len(f.types) && !found.more; at = (directory.PagePosition{Type: at.Type + 1}) {
		p, want := f.types[at.Type], f.q.count-len(found.page)
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

// skipTo counts resources from the nearest known position to the index that the client asks for.
func (f *search) skipTo(ctx context.Context, mark directory.PageMark) (directory.PageMark, error) {
	for at, left := mark.Last, f.q.start-mark.Last.Index; ; at = (directory.PagePosition{Type: at.Type + 1}) {
		p := f.types[at.Type]
		last, skipped, err := p.r.Directory.Skip(ctx, p.kind, at.After, left)
		if errors.Is(err, directory.ErrTooMany) {
			err = scim.TooMany("this startIndex is too far from the start; read the pages in order, or use cursor")
		}
		if left -= skipped; err != nil || left == 0 || at.Type+1 == len(f.types) {
			mark.Last = directory.PagePosition{Index: f.q.start, Type: at.Type, After: last}
			return mark, err
		}
	}
}
