// Package filter parses and prints SCIM filters (RFC 7644 section 3.4.2.2). It
// knows nothing of schemas: what a path names is for its caller to decide.
package filter

import (
	"strings"

	"scimserver/shared/scim"
)

// Expr is a filter: *And, *Or, *Not, *Compare or *Has.
type Expr interface {
	// String returns the filter in canonical form. Parsed again, it yields an
	// equal filter.
	String() string
	isExpr()
}

// And holds when both sides do.
type And struct{ X, Y Expr }

// Or holds when either side does.
type Or struct{ X, Y Expr }

// Not holds when X does not.
type Not struct{ X Expr }

// Compare holds when the value at Path is in the relation Op to Value. With
// Present there is no Value.
type Compare struct {
	Path  Path
	Op    Op
	Value scim.Value
}

// ValuePath is a value path: it holds when one element of the multi-valued attribute
// at Path fulfils the whole of Filter.
type ValuePath struct {
	Path   Path
	Filter Expr
}

func (*And) isExpr()       {}
func (*Or) isExpr()        {}
func (*Not) isExpr()       {}
func (*Compare) isExpr()   {}
func (*ValuePath) isExpr() {}

// Op is an attribute operator of RFC 7644 table 3.
type Op string

// The operators.
const (
	Equal          Op = "eq"
	NotEqual       Op = "ne"
	Contains       Op = "co"
	StartsWith     Op = "sw"
	EndsWith       Op = "ew"
	Present        Op = "pr"
	Greater        Op = "gt"
	GreaterOrEqual Op = "ge"
	Less           Op = "lt"
	LessOrEqual    Op = "le"
)

// Path names an attribute (RFC 7644 section 3.10): URN and Sub may be empty.
type Path struct{ URN, Attr, Sub string }

// Is reports whether p names attr, and sub of it, in any case, with the URN of
// its schema or without.
func (p Path) Is(urn, attr, sub string) bool {
	return (p.URN == "" || scim.EqualName(p.URN, urn)) && scim.EqualName(p.Attr, attr) && scim.EqualName(p.Sub, sub)
}

// String returns the path in attribute notation.
func (p Path) String() string {
	s := p.Attr
	if p.URN != "" {
		s = p.URN + ":" + s
	}
	if p.Sub != "" {
		s += "." + p.Sub
	}
	return s
}

// String returns the two sides joined by and.
func (e *And) String() string { return side(e.X, false) + " and " + side(e.Y, true) }

// String returns the two sides joined by or.
func (e *Or) String() string {
	y := e.Y.String()
	if _, ok := e.Y.(*Or); ok {
		y = "(" + y + ")"
	}
	return e.X.String() + " or " + y
}

// side prints an operand of and: or binds less, and a right-hand and would be
// read as a left-hand one.
func side(e Expr, right bool) string {
	_, or := e.(*Or)
	_, and := e.(*And)
	if or || and && right {
		return "(" + e.String() + ")"
	}
	return e.String()
}

// String returns the negation, with the parentheses that the grammar demands.
func (e *Not) String() string { return "not (" + e.X.String() + ")" }

// String returns path, operator and the value as JSON.
func (e *Compare) String() string {
	if e.Op == Present {
		return e.Path.String() + " pr"
	}
	return e.Path.String() + " " + string(e.Op) + " " + e.Value.JSON()
}

// String returns the value path.
func (e *ValuePath) String() string {
	var b strings.Builder
	b.WriteString(e.Path.String())
	b.WriteByte('[')
	b.WriteString(e.Filter.String())
	b.WriteByte(']')
	return b.String()
}
