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

// matching finds a page of what matches the filter, by its index, in the query's
// order: of all that matches no more is held than what may stand on the page.
func (f *search) matching(ctx context.Context) (*result, error) {
	w := f.walk()
	if found, err := f.resumed(ctx, w); found != nil || err != nil {
		return found, err
	}
	t := f.top(f.q.start-1+f.q.count, nil)
	if f.q.count == 0 {
		t.n = 0
	}
	if err := f.collect(ctx, t); err != nil {
		return nil, err
	}
	hits := t.first()
	found, err := f.page(ctx, hits[min(f.q.start-1, len(hits)):])
	if err != nil {
		return nil, err
	}
	if found.total = t.total; w != nil {
		f.begun(found, hits)
	}
	return found, nil
}

// top makes what finds the first n of the hits behind a position. Their resources
// are kept if they are not many; else those of the page are read again.
func (f *search) top(n int, behind *position) *top {
	return &top{compare: f.compare, n: n, behind: behind, keeps: n <= directory.MaxResults+1}
}

// collect adds all that matches.
func (f *search) collect(ctx context.Context, t *top) error {
	for _, p := range f.parts {
		f.r.event.planned(p.plan.String())
		if err := p.collect(ctx, f, t); err != nil {
			return err
		}
	}
	f.r.event.matched.Add(int64(t.total))
	return nil
}

func (p *part) collect(ctx context.Context, f *search, t *top) error {
	match := func(ctx context.Context, some []directory.Resource) error {
		return p.match(ctx, f, some, t.add)
	}
	switch {
	case p.plan.nothing:
		return nil
	case p.plan.keys == nil:
		return p.r.Directory.Scan(ctx, p.kind, match)
	}
	found, err := p.look(ctx)
	if err != nil {
		return err
	}
	if p.plan.exact && f.q.order == nil && len(found.resources) == 0 {
		for _, id := range found.ids {
			t.add(hit{position: f.position(p, id, scim.Value{})})
		}
		return nil
	}
	return p.candidates(ctx, found, match)
}

// look asks the plan's keys, all at once, and returns what they find, each once.
func (p *part) look(ctx context.Context) (hits, error) {
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
	return hits{slices.Collect(maps.Values(found)), slices.Sorted(maps.Keys(ids))}, err
}

// candidates calls f with the resources that keys have found, some at a time.
func (p *part) candidates(ctx context.Context, found hits, f func(context.Context, []directory.Resource) error) error {
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

// match calls add with those of some resources that match.
func (p *part) match(ctx context.Context, f *search, some []directory.Resource, add func(hit)) error {
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
			one := some[i] // not to keep the others
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

// matches reports whether a resource matches the filter; without one all do.
func (p *part) matches(shown scim.Value, e *filter.Evaluation) (bool, error) {
	if p.matcher == nil {
		return true, nil
	}
	return p.matcher.Match(shown, e)
}

// position returns where a resource stands in the search.
func (f *search) position(p *part, id scim.ID, shown scim.Value) position {
	at := position{p.place, order.Entry{ID: id}}
	if f.q.order != nil {
		at.Key = f.q.order.Key(p.typ, shown)
	}
	return at
}
