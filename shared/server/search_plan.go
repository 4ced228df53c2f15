package server

import (
	"context"
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// plan says how to find the resources of a type that match a filter. Without keys, the search
// reads every resource.
type plan struct {
	empty bool  // nothing can match
	keys  []key // together they find all candidates
	exact bool  // all candidates match
	// edges reads the edges that the filter compares, nil if it compares none.
	edges edgeReader
	// filterEdgesOnly says that the filter asks whether one resource has certain edges. The answer
	// then includes only those edges, because there may be too many others for an answer.
	filterEdgesOnly bool
}

// key finds the resources with a value of an attribute.
type key struct {
	attr  string
	value string
	find  keyLookup
	walk  idWalk // the same in pages; nil if there is at most one resource
	cost  int    // relative to other keys
}

// The relative costs of keys: those that find few resources, and edges, which find many.
const (
	cheap  = 1
	costly = 10
)

// plan decides how to find the resources that match a filter.
func (e *endpoint) plan(r *request, expr filter.Expr) plan {
	if e.excludesType(expr) {
		return plan{empty: true}
	}
	m := e.edgeFilter(expr)
	p := plan{edges: e.edgesNeeded(r, m)}
	p.keys, p.exact = e.keys(expr, func(path filter.Path, value string) *key { return e.key(r, path, value) })
	if len(p.keys) != 1 || len(m.ids) == 0 || m.needsAll {
		return p
	}
	switch only := p.keys[0]; {
	case only.attr == "id":
		p.filterEdgesOnly, p.edges = true, readOnce(p.edges)
	case only.attr == e.edgeAttr && m.asksOnly(scim.ID(only.value)):
		p.edges = constantEdge(scim.ID(only.value))
	}
	return p
}

// String names the plan in the log.
func (p plan) String() string {
	var names []string
	for _, k := range p.keys {
		if !slices.Contains(names, k.attr) {
			names = append(names, k.attr)
		}
	}
	switch {
	case p.empty:
		return "nothing"
	case len(names) == 0:
		return "scan"
	}
	return "keys " + strings.Join(names, " ")
}

// shownEdges returns a reader of the edges that the answer includes.
func (p *typeSearch) shownEdges() edgeReader {
	if p.plan.filterEdgesOnly {
		return p.plan.edges
	}
	return p.stored.answerEdges(p.r)
}

// readOnce returns a reader that reads once and returns the same values afterwards.
func readOnce(read edgeReader) edgeReader {
	var values []scim.Value
	return func(ctx context.Context, of []directory.Resource) (_ []scim.Value, err error) {
		if values == nil {
			values, err = read(ctx, of)
		}
		return values, err
	}
}

// constantEdge returns a reader for resources that are known to have an edge to one id.
func constantEdge(to scim.ID) edgeReader {
	return func(_ context.Context, of []directory.Resource) ([]scim.Value, error) {
		edge := scim.List(scim.Map(scim.Member{Name: "value", Value: scim.Text(string(to))}))
		return slices.Repeat([]scim.Value{edge}, len(of)), nil
	}
}

// keys returns keys that together find every resource that can match a filter, or nil if there are
// none. exact says that everything they find matches. For and, one side is enough and the cheaper
// one is used. For or, both sides are needed.
func (e *endpoint) keys(expr filter.Expr, of func(filter.Path, string) *key) (all []key, exact bool) {
	switch x := expr.(type) {
	case *filter.And:
		left, _ := e.keys(x.X, of)
		right, _ := e.keys(x.Y, of)
		return cheaper(left, right), false
	case *filter.Or:
		left, exactly := e.keys(x.X, of)
		right, also := e.keys(x.Y, of)
		if left == nil || right == nil {
			return nil, false
		}
		return append(left, right...), exactly && also
	case *filter.ValuePath:
		return e.keys(x.Filter, func(sub filter.Path, value string) *key {
			if sub.URN != "" || sub.Sub != "" || x.Path.Sub != "" {
				return nil
			}
			return of(filter.Path{URN: x.Path.URN, Attr: x.Path.Attr, Sub: sub.Attr}, value)
		})
	case *filter.Compare:
		if x.Op == filter.Equal && x.Value.Kind() == scim.String {
			if k := of(x.Path, x.Value.Text()); k != nil {
				return []key{*k}, true
			}
		}
	}
	return nil, false
}

// key returns the key for an equality, or nil if the attribute is not indexed.
func (e *endpoint) key(r *request, path filter.Path, value string) *key {
	if find := e.stored.lookup(r, path, value); find != nil {
		named, _ := filter.Resolve(e.typ, path)
		return &key{attr: named.Attr.Name, value: value, find: find, cost: cheap}
	}
	switch {
	case path.Is(e.typ.Core.ID, "externalId", ""):
		w := e.stored.byExternalID(r, value)
		return &key{attr: "externalId", value: value, find: e.walkLookup(r, w), walk: w, cost: cheap}
	case e.isEdgeValue(path):
		w := e.stored.byEdge(r, value)
		return &key{attr: e.edgeAttr, value: value, find: w.all, walk: w, cost: costly}
	}
	return nil
}

// walkLookup makes a keyLookup from a walk. If the ids fit on one page, it reads the resources as
// well, so that only those that still exist are counted.
func (e *endpoint) walkLookup(r *request, w idWalk) keyLookup {
	return func(ctx context.Context) (lookupResult, error) {
		ids, err := w(ctx, "", 0)
		if err != nil || len(ids) > directory.MaxResults {
			return lookupResult{ids: ids}, err
		}
		some, err := r.Directory.ByID(ctx, e.kind, ids)
		return lookupResult{resources: some}, err
	}
}

func cheaper(a, b []key) []key {
	if a == nil || b != nil && cost(b) < cost(a) {
		return b
	}
	return a
}

func cost(keys []key) (sum int) {
	for _, k := range keys {
		sum += k.cost
	}
	return sum
}

// excludesType reports whether a condition on meta.resourceType excludes this type.
func (e *endpoint) excludesType(expr filter.Expr) bool {
	switch x := expr.(type) {
	case *filter.And:
		return e.excludesType(x.X) || e.excludesType(x.Y)
	case *filter.Or:
		return e.excludesType(x.X) && e.excludesType(x.Y)
	case *filter.Compare:
		return x.Path.Is(e.typ.Core.ID, "meta", "resourceType") && x.Op == filter.Equal &&
			x.Value.Kind() == scim.String && x.Value.Text() != e.typ.Name
	}
	return false
}
