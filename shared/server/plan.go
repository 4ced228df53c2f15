package server

import (
	"context"
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// plan is how the resources that match a filter are found.
type plan struct {
	find  lookup // what finds candidates by key; nil: every resource is one
	exact bool   // find alone is the whole filter
	keyed hits   // what it found
	edges relation
	// asks says that the filter asks of one resource whether edges lead to certain
	// others, and the answer shows those alone, however many there are.
	asks bool
}

// plan decides how to find what matches a filter.
func (e *endpoint) plan(r *request, expr filter.Expr) plan {
	m := e.mentions(expr)
	p := plan{edges: e.needed(r, m)}
	p.find, p.exact = e.key(expr, func(path filter.Path, value string) lookup {
		p.asks = path.Is(e.typ.Core.ID, "id", "") && len(m.ids) > 0 && !m.others
		return e.stored.lookup(r, path, value)
	})
	if p.asks {
		p.edges = remembered(p.edges)
	}
	if p.find == nil {
		p.find, p.exact = e.key(expr, func(path filter.Path, value string) lookup {
			if !e.isEdgeValue(path) {
				return nil
			}
			if len(m.ids) > 0 && m.only(scim.ID(value)) {
				p.edges = known(scim.ID(value))
			}
			return e.stored.edgeLookup(r, value)
		})
	}
	return p
}

// remembered is a relation that reads once.
func remembered(read relation) relation {
	var values []scim.Value
	return func(ctx context.Context, of []directory.Resource) (_ []scim.Value, err error) {
		if values == nil {
			values, err = read(ctx, of)
		}
		return values, err
	}
}

// known is the relation of resources that all have an edge to one other.
func known(to scim.ID) relation {
	return func(_ context.Context, of []directory.Resource) ([]scim.Value, error) {
		edge := scim.List(scim.Map(scim.Member{Name: "value", Value: scim.Text(string(to))}))
		return slices.Repeat([]scim.Value{edge}, len(of)), nil
	}
}

// key returns the look-up for the first equality with a key among the conditions
// that a filter joins by and, nil where there is none, and whether it is all.
func (e *endpoint) key(expr filter.Expr, lookUp func(filter.Path, string) lookup) (find lookup, exact bool) {
	switch x := expr.(type) {
	case *filter.And:
		if find, _ = e.key(x.X, lookUp); find == nil {
			find, _ = e.key(x.Y, lookUp)
		}
		return find, false
	case *filter.Has:
		return e.key(x.Filter, func(sub filter.Path, value string) lookup {
			if sub.URN != "" || sub.Sub != "" || x.Path.Sub != "" {
				return nil
			}
			return lookUp(filter.Path{URN: x.Path.URN, Attr: x.Path.Attr, Sub: sub.Attr}, value)
		})
	case *filter.Compare:
		if x.Op == filter.Equal && x.Value.Kind() == scim.String {
			find = lookUp(x.Path, x.Value.Text())
			return find, find != nil
		}
	}
	return nil, false
}

// matching calls f with every resource that matches.
func (e *endpoint) matching(ctx context.Context, r *request, p plan, matcher *filter.Matcher, f func(directory.Resource)) error {
	var batch []directory.Resource
	flush := func() error {
		err := e.match(ctx, r, p, matcher, batch, f)
		batch = batch[:0]
		return err
	}
	var failed error
	err := e.candidates(ctx, r, p, func(one directory.Resource) bool {
		if batch = append(batch, one); len(batch) == directory.MaxResults {
			failed = flush()
		}
		return failed == nil
	})
	if err == nil {
		err = failed
	}
	if err == nil {
		err = flush()
	}
	return err
}

// match calls f with those of a batch that match.
func (e *endpoint) match(ctx context.Context, r *request, p plan, matcher *filter.Matcher, batch []directory.Resource, f func(directory.Resource)) error {
	for len(batch) > 0 {
		edges := make([]scim.Value, len(batch))
		if p.edges != nil {
			var err error
			if edges, err = p.edges(ctx, batch); err != nil {
				return err
			}
		}
		for i, v := range edges {
			if matcher.Match(e.resource(r, batch[i], v).Value()) {
				f(batch[i])
			}
		}
		batch = batch[len(edges):]
	}
	return nil
}

// candidates calls f with every resource that may match, until it returns false.
func (e *endpoint) candidates(ctx context.Context, r *request, p plan, f func(directory.Resource) bool) error {
	if p.find == nil {
		return e.stored.each(ctx, r, f)
	}
	if len(p.keyed.ids) > directory.MaxScanned {
		return directory.ErrTooMany
	}
	for rest := p.keyed.ids; len(rest) > 0; {
		n := min(len(rest), directory.MaxResults)
		some, err := e.stored.byID(ctx, r, rest[:n])
		if err != nil {
			return err
		}
		p.keyed.resources, rest = append(p.keyed.resources, some...), rest[n:]
	}
	for _, one := range p.keyed.resources {
		if !f(one) {
			return nil
		}
	}
	return nil
}
