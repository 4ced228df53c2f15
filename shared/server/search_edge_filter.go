package server

import (
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// edgesNeeded returns a reader of the edges that a filter compares, or nil if it compares none. If
// the filter only asks whether edges lead to certain resources, only those edges are read.
func (e *endpoint) edgesNeeded(r *request, m edgeFilter) edgeReader {
	switch {
	case m.needsAll:
		return e.stored.filterEdges(r)
	case len(m.ids) > 0:
		return e.stored.edgesTo(r, m.ids)
	}
	return nil
}

// isEdgeValue reports whether a path names the ids to which edges lead. The attribute without a
// sub-attribute means the same.
func (e *endpoint) isEdgeValue(path filter.Path) bool {
	return path.Is(e.typ.Core.ID, e.edgeAttr, "") || path.Is(e.typ.Core.ID, e.edgeAttr, "value")
}

// edgeFilter is what a filter asks about edges.
type edgeFilter struct {
	e        *endpoint
	ids      []scim.ID // the filter asks whether edges lead to these
	needsAll bool      // the filter asks more, so all edges are needed
}

// edgeFilter returns what a filter asks about edges.
func (e *endpoint) edgeFilter(expr filter.Expr) edgeFilter {
	m := edgeFilter{e: e}
	m.visit(expr)
	return m
}

// asksOnly reports whether the filter asks only whether edges lead to one id.
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

// onlyValues adds the ids in a filter in brackets, and reports whether the filter only compares value
// with ids.
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

// addID adds the id in a comparison, and reports whether the comparison is with a string, by one of the
// operators.
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
