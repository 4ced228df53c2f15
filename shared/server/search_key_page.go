package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// exactWalk returns a walk that finds exactly the matching resources in the order of the answer. With
// it, a later page reads only its own ids. It returns nil if no single key has such a walk.
func (f *search) exactWalk() idWalk {
	if len(f.types) != 1 || f.q.order != nil || f.q.count == 0 {
		return nil
	}
	if plan := f.types[0].plan; plan.exact && len(plan.keys) == 1 {
		return plan.keys[0].walk
	}
	return nil
}

// walkAfter finds the page that follows a resource on a walk.
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

// resumeWalk finds a page by its index if a page mark for it exists, otherwise it returns nil. The
// total is that of the first page.
func (f *search) resumeWalk(ctx context.Context, w idWalk) (*result, error) {
	if w == nil || f.q.start == 1 {
		return nil, nil
	}
	known, err := f.r.Directory.PageMarks(ctx, f.pageMarkKey())
	if err != nil {
		return nil, err
	}
	mark, exact := chooseMark(known, f.q.start)
	if !exact {
		return nil, nil
	}
	found, err := f.walkAfter(ctx, w, mark.Last.After)
	if err != nil {
		return nil, err
	}
	return f.withTotal(found, mark.Total, mark), nil
}

// markStart prepares the page mark of a page that was found by reading all keys.
func (f *search) markStart(found *result, hits []hit) {
	before := min(f.q.start-1, len(hits))
	if found.total <= before+len(found.page) {
		return
	}
	mark := f.r.Directory.NewPageMark()
	mark.Total, mark.Last = found.total, directory.PagePosition{Index: f.q.start}
	if before > 0 {
		mark.Last.After = hits[before-1].ID
	}
	found.saveMark = f.markSaver(mark, found.page)
}
