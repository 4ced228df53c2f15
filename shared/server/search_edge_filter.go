package server

import (
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// edgesNeeded returns what reads the edges that a filter is about, nil if it is about
// none. A filter that asks of edges only whether they lead to certain resources
// needs no others.
func (e *endpoint) edgesNeeded(r *request, m edgeFilter) edgeReader {
	switch {
	case m.needsAll:
		return e.stored.filterEdges(r)
	case len(m.ids) > 0:
		return e.stored.edgesTo(r, m.ids)
	}
	return nil
}

// isEdgeValue reports whether a path names the ids to which edges lead, which the
// attribute stands for by itself.
func (e *endpoint) isEdgeValue(path filter.Path) bool {
	return path.Is(e.typ.Core.ID, e.edgeAttr, "") || path.Is(e.typ.Core.ID, e.edgeAttr, "value")
}

// edgeFilter are what a filter says of edges.
type edgeFilter struct {
	e        *endpoint
	ids      []scim.ID // to which edges lead or not
	needsAll bool      // other edges
}

func (e *endpoint) edgeFilter(expr filter.Expr) edgeFilter {
	m := edgeFilter{e: e}
	m.visit(expr)
	return m
}

// asksOnly reports whether a filter asks nothing but whether edges lead to one id.
func (m edgeFilter) asksOnly(id scim.ID) bool {
	return !m.needsAll && !slices.ContainsFunc(m.ids, func(other scim.ID) bool { return other != id })
}

func (m *edgeFilter) visit(expr filter.Expr) {
	switch x := expr.(type) {
	case *filter.And:
		m.visit(x.X)
		m.visit(x.Y)
	case *filter.Or:
		m.visit(x.X)
		m.visit(x.Y)
	case *filter.Not:
		m.visit(x.X)
	case *filter.ValuePath:
		if m.isEdge(x.Path) && !m.onlyValues(x.Filter) {
			m.needsAll = true
		}
	case *filter.Compare:
		if m.isEdge(x.Path) && !(m.e.isEdgeValue(x.Path) && m.addID(x, filter.Equal, filter.NotEqual)) {
			m.needsAll = true
		}
	}
}

func (m *edgeFilter) isEdge(path filter.Path) bool {
	return path.Is(m.e.typ.Core.ID, m.e.edgeAttr, path.Sub)
}

// onlyValues reports whether a filter between brackets asks for nothing but values.
func (m *edgeFilter) onlyValues(expr filter.Expr) bool {
	switch x := expr.(type) {
	case *filter.And:
		return m.onlyValues(x.X) && m.onlyValues(x.Y)
	case *filter.Or:
		return m.onlyValues(x.X) && m.onlyValues(x.Y)
	case *filter.Compare:
		return x.Path.Is("", "value", "") && m.addID(x, filter.Equal)
	}
	return false
}

// addID notes the id in a comparison by one of some operators.
func (m *edgeFilter) addID(x *filter.Compare, ops ...filter.Op) bool {
	for _, op := range ops {
		if x.Op != op || x.Value.Kind() != scim.String {
			continue
		}
		if id := scim.ID(x.Value.Text()); directory.ValidID(id) && !slices.Contains(m.ids, id) {
			m.ids = append(m.ids, id)
		}
		return true
	}
	return false
}
