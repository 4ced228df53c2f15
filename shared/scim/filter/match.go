package filter

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Options change how Compile works.
type Options struct {
	// UnknownIsAbsent treats an attribute that the resource type does not have as
	// unassigned, for queries over several resource types (RFC 7644 section 3.4.2.1).
	// Otherwise such an attribute is an error.
	UnknownIsAbsent bool
}

// Matcher is a filter compiled for the resources of one type. It is safe for concurrent use.
type Matcher struct{ holds predicate }

// Match reports whether the filter matches a resource's representation (see
// scim.Resource.Value) or, for CompileElement, one value of an attribute. Names must have
// the spelling of the schema. The error is that of the evaluation's budget.
func (m *Matcher) Match(v scim.Value, e *Evaluation) (bool, error) {
	matches := m.holds(v, e)
	e.charge()
	return matches, e.err
}

// predicate is a compiled part of a filter. It is applied to a resource or to one value.
type predicate func(v scim.Value, e *Evaluation) bool

// Compile compiles a filter for the resources of a type. The error is an *scim.Error with
// scimType invalidFilter: an attribute is unknown or never returned, or its type does not
// support the operator or the literal.
func Compile(e Expr, t *schema.ResourceType, o Options) (*Matcher, error) {
	return compile(e, &resourceScope{t, o})
}

// CompileElement compiles the filter in the brackets of a value path, for the values of one multi-valued attribute.
// The filter's paths are sub-attributes. If the values are simple, the path value stands for the value itself.
func CompileElement(e Expr, attr *schema.Attribute) (*Matcher, error) {
	return compile(e, &elementScope{attr})
}

func compile(e Expr, s scope) (*Matcher, error) {
	test, err := compiler{s}.expr(e)
	if err != nil {
		return nil, err
	}
	return &Matcher{test}, nil
}

// compiler turns expressions into predicates within a scope.
type compiler struct{ scope }

func (c compiler) expr(e Expr) (predicate, error) {
	switch e := e.(type) {
	case *And:
		return c.binary(e.X, e.Y, func(x, y predicate) predicate {
			return func(v scim.Value, e *Evaluation) bool { return x(v, e) && y(v, e) }
		})
	case *Or:
		return c.binary(e.X, e.Y, func(x, y predicate) predicate {
			return func(v scim.Value, e *Evaluation) bool { return x(v, e) || y(v, e) }
		})
	case *Not:
		x, err := c.expr(e.X)
		return negation(x), err
	case *ValuePath:
		return c.valuePath(e)
	}
	return c.compare(e.(*Compare))
}

func (c compiler) binary(x, y Expr, join func(x, y predicate) predicate) (predicate, error) {
	left, err := c.expr(x)
	if err != nil {
		return nil, err
	}
	right, err := c.expr(y)
	return join(left, right), err
}

// compare compiles a comparison. With several values it holds if it holds for any of them; the negations, ne and eq
// null, hold if they hold for all of them.
func (c compiler) compare(e *Compare) (predicate, error) {
	at, ok, err := c.find(e.Path)
	if err != nil {
		return nil, err
	}
	if !ok {
		return absent(e), nil
	}
	if e.Op == Present || e.Value.Kind() == scim.Null {
		return presence(at, e)
	}
	if err := at.resolveCompared(e.Path); err != nil {
		return nil, err
	}
	holds, err := at.relation(e)
	if err != nil {
		return nil, err
	}
	found := at.anyValue(holds)
	if e.Op == NotEqual {
		return negation(found), nil
	}
	return found, nil
}

// valuePath compiles a value path: one value has to match the whole filter.
func (c compiler) valuePath(e *ValuePath) (predicate, error) {
	at, ok, err := c.find(e.Path)
	if err != nil {
		return nil, err
	}
	if !ok {
		return never, nil
	}
	if at.attr == nil || at.attr.Type != schema.Complex && !at.attr.MultiValued {
		return nil, scim.InvalidFilter(e.Path.String() +
			" has no sub-attributes; brackets can only follow complex and multi-valued attributes")
	}
	element, err := CompileElement(e.Filter, at.attr)
	if err != nil {
		return nil, err
	}
	return at.anyValue(func(v scim.Value, e *Evaluation) bool {
		return v.Kind() != scim.Null && element.holds(v, e)
	}), nil
}

func never(scim.Value, *Evaluation) bool { return false }

func negation(x predicate) predicate {
	return func(v scim.Value, e *Evaluation) bool { return !x(v, e) }
}

// absent returns the result of a comparison with an attribute that is treated as absent.
func absent(e *Compare) predicate {
	isNull := e.Value.Kind() == scim.Null
	holds := e.Op == Equal && isNull || e.Op == NotEqual && !isNull
	return func(scim.Value, *Evaluation) bool { return holds }
}

// presence compiles pr and the comparisons with null, which mean the same
// (RFC 7643 section 2.5: null is unassigned).
func presence(at location, e *Compare) (predicate, error) {
	present := at.anyValue(func(v scim.Value, _ *Evaluation) bool { return isPresent(v) })
	switch e.Op {
	case Present, NotEqual:
		return present, nil
	case Equal:
		return negation(present), nil
	}
	return nil, scim.InvalidFilter("null can't be compared with " + string(e.Op) + ", as in " + e.Path.String() +
		" " + string(e.Op) + " null; use eq or ne")
}

// isPresent reports whether a value, or a part of it, is assigned.
func isPresent(v scim.Value) bool {
	switch v.Kind() {
	case scim.Array:
		for _, item := range v.Items() {
			if isPresent(item) {
				return true
			}
		}
		return false
	case scim.Object:
		for _, m := range v.Members() {
			if isPresent(m.Value) {
				return true
			}
		}
		return false
	}
	return !v.IsEmpty()
}
