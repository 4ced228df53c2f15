package filter

import (
	"fmt"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Target is the path of a PATCH operation (RFC 7644 figure 7). It names an attribute or
// sub-attribute, or the values of a multi-valued attribute that match a filter, or one
// sub-attribute of these.
type Target struct {
	Path   Path
	Filter Expr   // in the brackets; nil without brackets
	Sub    string // after the brackets
}

// String returns the target in canonical form, which parses to an equal target.
func (t Target) String() string {
	s := t.Path.String()
	if t.Filter != nil {
		s += "[" + t.Filter.String() + "]"
	}
	if t.Sub != "" {
		s += "." + t.Sub
	}
	return s
}

// ParsePath reads the path of a PATCH operation. The limits of filters apply. The error is
// an *scim.Error with the offset in its detail. Its scimType is invalidFilter for an error
// in the brackets, otherwise invalidPath.
func ParsePath(s string) (Target, error) {
	if len(s) > MaxLength {
		return Target{}, scim.InvalidPath(fmt.Sprintf("the path has %d bytes; the limit is %d", len(s), MaxLength))
	}
	p := &parser{s: s, subject: "path"}
	path, ok := p.name()
	if !ok {
		return Target{}, p.badPath("an attribute is expected")
	}
	t := Target{Path: path}
	if p.nextIs('[') {
		if err := p.selection(&t); err != nil {
			return Target{}, err
		}
	}
	if p.pos != len(p.s) {
		return Target{}, p.badPath("unexpected %q", p.rest())
	}
	return t, nil
}

func (p *parser) badPath(format string, args ...any) error {
	return scim.InvalidPath(p.message(format, args...))
}

// selection parses   "[" or "]" [ "." sub-attribute ]   after an attribute.
func (p *parser) selection(t *Target) error {
	if t.Path.Sub != "" {
		return p.badPath("brackets can't follow the sub-attribute %q; put them after the attribute", t.Path.Sub)
	}
	p.pos++
	switch {
	case p.pos == len(p.s):
		return p.badPath("a filter and ']' are expected")
	case isIndex(p.s[p.pos:]):
		return p.badPath("an index can't select a value; use a filter such as [value eq \"...\"]")
	}
	p.inValuePath, p.levels = true, 1
	var err error
	if t.Filter, err = p.or(); err != nil {
		return err
	}
	if p.pos == len(p.s) {
		return p.badPath("']' is expected")
	}
	if !p.nextIs(']') {
		return p.fail("unexpected %q", p.rest())
	}
	p.pos++
	return p.afterBracket(t)
}

// isIndex reports whether s starts with digits and a closing bracket, as an index does in other notations.
func isIndex(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	return rest != s && strings.HasPrefix(rest, "]")
}

// afterBracket parses   [ "." sub-attribute ]   after the closing bracket.
func (p *parser) afterBracket(t *Target) error {
	if !p.nextIs('.') {
		return nil
	}
	p.pos++
	start := p.pos
	t.Sub = p.word()
	if !schema.IsName(t.Sub) {
		p.pos = start
		return p.badPath("a sub-attribute is expected")
	}
	return nil
}
