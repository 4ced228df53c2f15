// Package filter parses, prints and evaluates SCIM filters, and parses the paths of PATCH operations (RFC 7644
// sections 3.4.2.2 and 3.5.2). Parsing needs no schema; Compile needs one to resolve the paths of a filter.
package filter

import (
	"strings"

	"scimserver/shared/scim"
)

// Expr is a filter: *And, *Or, *Not, *Compare or *ValuePath.
type Expr interface {
	// String returns the filter in canonical form, which parses to an equal filter.
	String() string
	isExpr()
}

// And holds if both operands do.
type And struct{ X, Y Expr }

// Or holds if at least one operand does.
type Or struct{ X, Y Expr }

// Not holds if X does not.
type Not struct{ X Expr }

// Compare holds if the value at Path is in relation Op to Value. The operator Present has
// no Value.
type Compare struct {
	Path  Path
	Op    Op
	Value scim.Value
}

// ValuePath holds if one element of the multi-valued attribute at Path matches all of
// Filter.
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

// Is reports whether p names the attribute attr and its sub-attribute sub, in any case, with
// or without the URN of its schema.
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

// String returns the two operands joined by and.
func (e *And) String() string { return operand(e.X, false) + " and " + operand(e.Y, true) }

// String returns the two operands joined by or.
func (e *Or) String() string {
	y := e.Y.String()
	if _, ok := e.Y.(*Or); ok {
		y = "(" + y + ")"
	}
	return e.X.String() + " or " + y
}

// operand prints an operand of and. It needs parentheses if it is an or, which has lower
// precedence, or if it is the right operand and an and itself, which is left-associative.
func operand(e Expr, right bool) string {
	_, or := e.(*Or)
	_, and := e.(*And)
	if or || and && right {
		return "(" + e.String() + ")"
	}
	return e.String()
}

// String returns the negation, with the parentheses that the grammar requires.
func (e *Not) String() string { return "not (" + e.X.String() + ")" }

// String returns the path, the operator, and the value as JSON.
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
