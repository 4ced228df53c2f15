package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// exactWalk returns what finds all that matches by one key, in the order in which it is
// shown, so that a page behind another needs no more than its own keys; nil where
// nothing does.
func (f *search) exactWalk() idWalk {
	if len(f.types) != 1 || f.q.order != nil || f.q.count == 0 {
		return nil
	}
	if plan := f.types[0].plan; plan.exact && len(plan.keys) == 1 {
		return plan.keys[0].walk
	}
	return nil
}

// walkAfter finds the page behind a resource by a walk.
func (f *search) walkAfter(ctx context.Context, w idWalk, after scim.ID) (*result, error) {
	p := f.types[0]
	f.r.event.addPlan(p.plan.String() + " on")
	ids, err := w(ctx, after, f.q.count+1)
	if err != nil {
		return nil, err
	}
	hits := make([]hit, len(ids))
	for i, id := range ids {
		hits[i] = hit{position: f.position(p, id, scim.Value{})}
	}
	f.r.event.matched.Add(int64(len(ids)))
	return f.cutPage(ctx, hits)
}

// resumeWalk finds a page by its index where the client came by the page before; nil
// where it did not. The total is that of the first page.
func (f *search) resumeWalk(ctx context.Context, w idWalk) (*result, error) {
	if w == nil || f.q.start == 1 {
		return nil, nil
	}
	known, err := f.r.Directory.PageMarks(ctx, f.pageMarkKey())
	if err != nil {
		return nil, err
	}
	j, exact := chooseMark(known, f.q.start)
	if !exact {
		return nil, nil
	}
	found, err := f.walkAfter(ctx, w, j.Last.After)
	if err != nil {
		return nil, err
	}
	return f.withTotal(found, j.Total, j), nil
}

// markStart notes where a page of a walk ended that was found by reading all keys.
func (f *search) markStart(found *result, hits []hit) {
	behind := min(f.q.start-1, len(hits))
	if found.total <= behind+len(found.page) {
		return
	}
	j := f.r.Directory.NewPageMark()
	j.Total, j.Last = found.total, directory.PagePosition{Index: f.q.start}
	if behind > 0 {
		j.Last.After = hits[behind-1].ID
	}
	found.saveMark = f.markSaver(j, found.page)
}
