package server

import (
	"context"
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// plan is how the resources of a type that match a filter are found. Without keys
// every resource is looked at.
type plan struct {
	nothing bool  // can match, whatever the resources are
	keys    []key // each finds some of the candidates, all together find every one
	exact   bool  // what the keys find is what matches
	// edges reads what the filter says of edges, nil if it says nothing of them.
	edges relation
	// asks says that the filter asks of one resource whether edges lead to certain
	// others, and the answer shows those alone, however many there are.
	asks bool
}

// key finds the resources of which an attribute has a value.
type key struct {
	attr  string
	value string
	find  lookup
	walk  walk // the same in parts, nil where there is one resource at most
	cost  int  // compared with others
}

// The costs of keys: that of one resource, and that of many by their edges.
const (
	cheap  = 1
	costly = 10
)

// plan decides how to find what matches a filter.
func (e *endpoint) plan(r *request, expr filter.Expr) plan {
	if e.excluded(expr) {
		return plan{nothing: true}
	}
	m := e.mentions(expr)
	p := plan{edges: e.needed(r, m)}
	p.keys, p.exact = e.keys(expr, func(path filter.Path, value string) *key { return e.key(r, path, value) })
	if len(p.keys) != 1 || len(m.ids) == 0 || m.others {
		return p
	}
	switch only := p.keys[0]; {
	case only.attr == "id":
		p.asks, p.edges = true, remembered(p.edges)
	case only.attr == e.edgeAttr && m.only(scim.ID(only.value)):
		p.edges = known(scim.ID(only.value))
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
	case p.nothing:
		return "nothing"
	case len(names) == 0:
		return "scan"
	}
	return "keys " + strings.Join(names, " ")
}

// shownEdges returns what reads the edges that the answer shows.
func (p *part) shownEdges() relation {
	if p.plan.asks {
		return p.plan.edges
	}
	return p.stored.shown(p.r)
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

// keys returns the keys that find all that can match a filter, none where there are
// no such, and whether what they find is what matches. Of two sides joined by and
// the cheaper finds enough, of those joined by or both are needed.
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

// key returns the key for an equality, nil where there is none.
func (e *endpoint) key(r *request, path filter.Path, value string) *key {
	if find := e.stored.lookup(r, path, value); find != nil {
		named, _ := filter.Resolve(e.typ, path)
		return &key{attr: named.Attr.Name, value: value, find: find, cost: cheap}
	}
	switch {
	case path.Is(e.typ.Core.ID, "externalId", ""):
		w := e.stored.byExternalID(r, value)
		return &key{attr: "externalId", value: value, find: e.read(r, w), walk: w, cost: cheap}
	case e.isEdgeValue(path):
		w := e.stored.byEdge(r, value)
		return &key{attr: e.edgeAttr, value: value, find: w.all, walk: w, cost: costly}
	}
	return nil
}

// read is the lookup of all that a walk finds: of the resources where one page holds
// them, for then those count that exist.
func (e *endpoint) read(r *request, w walk) lookup {
	return func(ctx context.Context) (hits, error) {
		ids, err := w(ctx, "", 0)
		if err != nil || len(ids) > directory.MaxResults {
			return hits{ids: ids}, err
		}
		some, err := r.Directory.ByID(ctx, e.kind, ids)
		return hits{resources: some}, err
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

// excluded reports whether a filter by meta.resourceType leaves the type out.
func (e *endpoint) excluded(expr filter.Expr) bool {
	switch x := expr.(type) {
	case *filter.And:
		return e.excluded(x.X) || e.excluded(x.Y)
	case *filter.Or:
		return e.excluded(x.X) && e.excluded(x.Y)
	case *filter.Compare:
		return x.Path.Is(e.typ.Core.ID, "meta", "resourceType") && x.Op == filter.Equal &&
			x.Value.Kind() == scim.String && x.Value.Text() != e.typ.Name
	}
	return false
}
