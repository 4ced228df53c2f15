package server

import (
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// needed returns what reads the edges that a filter is about, nil if it is about
// none. A filter that asks of edges only whether they lead to certain resources
// needs no others.
func (e *endpoint) needed(r *request, m mentions) relation {
	switch {
	case m.others:
		return e.stored.edges(r)
	case len(m.ids) > 0:
		return e.stored.among(r, m.ids)
	}
	return nil
}

// isEdgeValue reports whether a path names the ids to which edges lead, which the
// attribute stands for by itself.
func (e *endpoint) isEdgeValue(path filter.Path) bool {
	return path.Is(e.typ.Core.ID, e.edgeAttr, "") || path.Is(e.typ.Core.ID, e.edgeAttr, "value")
}

// mentions are what a filter says of edges.
type mentions struct {
	e      *endpoint
	ids    []scim.ID // to which edges lead or not
	others bool      // other edges
}

func (e *endpoint) mentions(expr filter.Expr) mentions {
	m := mentions{e: e}
	m.note(expr)
	return m
}

// only reports whether a filter asks nothing but whether edges lead to one id.
func (m mentions) only(id scim.ID) bool {
	return !m.others && !slices.ContainsFunc(m.ids, func(other scim.ID) bool { return other != id })
}

func (m *mentions) note(expr filter.Expr) {
	switch x := expr.(type) {
	case *filter.And:
		m.note(x.X)
		m.note(x.Y)
	case *filter.Or:
		m.note(x.X)
		m.note(x.Y)
	case *filter.Not:
		m.note(x.X)
	case *filter.ValuePath:
		if m.isEdge(x.Path) && !m.pinned(x.Filter) {
			m.others = true
		}
	case *filter.Compare:
		if m.isEdge(x.Path) && !(m.e.isEdgeValue(x.Path) && m.id(x, filter.Equal, filter.NotEqual)) {
			m.others = true
		}
	}
}

func (m *mentions) isEdge(path filter.Path) bool {
	return path.Is(m.e.typ.Core.ID, m.e.edgeAttr, path.Sub)
}

// pinned reports whether a filter between brackets asks for nothing but values.
func (m *mentions) pinned(expr filter.Expr) bool {
	switch x := expr.(type) {
	case *filter.And:
		return m.pinned(x.X) && m.pinned(x.Y)
	case *filter.Or:
		return m.pinned(x.X) && m.pinned(x.Y)
	case *filter.Compare:
		return x.Path.Is("", "value", "") && m.id(x, filter.Equal)
	}
	return false
}

// id notes the id in a comparison by one of some operators.
func (m *mentions) id(x *filter.Compare, ops ...filter.Op) bool {
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
