package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// walk returns what finds all that matches by one key, in the order in which it is
// shown, so that a page behind another needs no more than its own keys; nil where
// nothing does.
func (f *search) walk() walk {
	if len(f.parts) != 1 || f.q.order != nil || f.q.count == 0 {
		return nil
	}
	if plan := f.parts[0].plan; plan.exact && len(plan.keys) == 1 {
		return plan.keys[0].walk
	}
	return nil
}

// walkBehind finds the page behind a resource by a walk.
func (f *search) walkBehind(ctx context.Context, w walk, after scim.ID) (*result, error) {
	p := f.parts[0]
	f.r.event.planned(p.plan.String() + " on")
	ids, err := w(ctx, after, f.q.count+1)
	if err != nil {
		return nil, err
	}
	hits := make([]hit, len(ids))
	for i, id := range ids {
		hits[i] = hit{position: f.position(p, id, scim.Value{})}
	}
	f.r.event.matched.Add(int64(len(ids)))
	return f.cut(ctx, hits)
}

// resumed finds a page by its index where the client came by the page before; nil
// where it did not. The total is that of the first page.
func (f *search) resumed(ctx context.Context, w walk) (*result, error) {
	if w == nil || f.q.start == 1 {
		return nil, nil
	}
	known, err := f.r.Directory.PageMarks(ctx, f.journeyKind())
	if err != nil {
		return nil, err
	}
	j, exact := resume(known, f.q.start)
	if !exact {
		return nil, nil
	}
	found, err := f.walkBehind(ctx, w, j.Last.After)
	if err != nil {
		return nil, err
	}
	return f.counted(found, j.Total, j), nil
}

// begun notes where a page of a walk ended that was found by reading all keys.
func (f *search) begun(found *result, hits []hit) {
	behind := min(f.q.start-1, len(hits))
	if found.total <= behind+len(found.page) {
		return
	}
	j := f.r.Directory.NewPageMark()
	j.Total, j.Last = found.total, directory.PagePosition{Index: f.q.start}
	if behind > 0 {
		j.Last.After = hits[behind-1].ID
	}
	found.note = f.noting(j, found.page)
}
