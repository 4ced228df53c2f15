package server

import (
	"context"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/order"
)

// findMatching finds a page of the matching resources by its index, in the query's order. It keeps
// only as many hits as may be on the page or before it.
func (f *search) findMatching(ctx context.Context) (*result, error) {
	w := f.exactWalk()
	if found, err := f.resumeWalk(ctx, w); found != nil || err != nil {
		return found, err
	}
	t := f.newTopK(f.q.start-1+f.q.count, nil)
	if f.q.count == 0 {
		t.n = 0
	}
	if err := f.collect(ctx, t); err != nil {
		return nil, err
	}
	hits := t.sorted()
	found, err := f.loadPage(ctx, hits[min(f.q.start-1, len(hits)):])
	if err != nil {
		return nil, err
	}
	if found.total = t.total; w != nil {
		f.markStart(found, hits)
	}
	return found, nil
}

// newTopK returns a collector of the first n hits after a position. If n is small, it also keeps their
// resources. Otherwise the resources on the page are read again.
func (f *search) newTopK(n int, after *position) *topK {
	return &topK{compare: f.compare, n: n, after: after, keepResources: n <= directory.MaxResults+1}
}

// collect adds all matching resources to t.
func (f *search) collect(ctx context.Context, t *topK) error {
	for _, p := range f.types {
		f.r.event.addPlan(p.plan.String())
		if err := p.collect(ctx, f, t); err != nil {
			return err
		}
	}
	f.r.event.matched.Add(int64(t.total))
	return nil
}

func (p *typeSearch) collect(ctx context.Context, f *search, t *topK) error {
	match := func(ctx context.Context, some []directory.Resource) error {
		return p.match(ctx, f, some, t.add)
	}
	switch {
	case p.plan.empty:
		return nil
	case p.plan.keys == nil:
		return p.r.Directory.Scan(ctx, p.kind, match)
	}
	found, err := p.lookUpKeys(ctx)
	if err != nil {
		return err
	}
	if p.plan.exact && f.q.order == nil && len(found.resources) == 0 {
		for _, id := range found.ids {
			t.add(hit{position: f.position(p, id, scim.Value{})})
		}
		return nil
	}
	return p.eachCandidate(ctx, found, match)
}

// lookUpKeys reads all keys of the plan in parallel, and returns each resource once.
func (p *typeSearch) lookUpKeys(ctx context.Context) (lookupResult, error) {
	var mu sync.Mutex
	found, ids := map[scim.ID]directory.Resource{}, map[scim.ID]bool{}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(8)
	for _, k := range p.plan.keys {
		work.Go(func() error {
			some, err := k.find(ctx)
			mu.Lock()
			defer mu.Unlock()
			for _, one := range some.resources {
				found[one.ID] = one
			}
			for _, id := range some.ids {
				ids[id] = true
			}
			return err
		})
	}
	err := work.Wait()
	maps.DeleteFunc(ids, func(id scim.ID, _ bool) bool { _, read := found[id]; return read })
	return lookupResult{slices.Collect(maps.Values(found)), slices.Sorted(maps.Keys(ids))}, err
}

// eachCandidate calls f with the resources that the keys found, in batches.
func (p *typeSearch) eachCandidate(
	ctx context.Context, found lookupResult, f func(context.Context, []directory.Resource) error,
) error {
	if len(found.ids) > directory.MaxScanned {
		return directory.ErrTooMany
	}
	if err := f(ctx, found.resources); err != nil {
		return err
	}
	for ids := range slices.Chunk(found.ids, directory.MaxResults) {
		some, err := p.r.Directory.ByID(ctx, p.kind, ids)
		if err == nil {
			err = f(ctx, some)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// match calls add with each of the resources that matches.
func (p *typeSearch) match(ctx context.Context, f *search, some []directory.Resource, add func(hit)) error {
	p.r.event.read.Add(int64(len(some)))
	evaluation := filter.NewEvaluation(f.budget)
	for len(some) > 0 {
		edges := make([]scim.Value, len(some))
		if p.plan.edges != nil {
			var err error
			if edges, err = p.plan.edges(ctx, some); err != nil {
				return err
			}
		}
		for i, v := range edges {
			if err := ctx.Err(); err != nil {
				return err
			}
			one := some[i] // a copy, so that the others can be freed
			shown := p.resource(p.r, one, v).Value()
			matches, err := p.matches(shown, evaluation)
			if err != nil {
				return err
			}
			if matches {
				add(hit{f.position(p, one.ID, shown), &one})
			}
		}
		some = some[len(edges):]
	}
	return nil
}

// matches reports whether a resource matches the filter. Without a filter all do.
func (p *typeSearch) matches(shown scim.Value, e *filter.Evaluation) (bool, error) {
	if p.matcher == nil {
		return true, nil
	}
	return p.matcher.Match(shown, e)
}

// position returns the place of a resource in the order of the search.
func (f *search) position(p *typeSearch, id scim.ID, shown scim.Value) position {
	at := position{p.index, order.Entry{ID: id}}
	if f.q.order != nil {
		at.Key = f.q.order.Key(p.typ, shown)
	}
	return at
}
