package filter

import (
	"fmt"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Target is what the path of a PATCH operation names (RFC 7644 figure 7): an
// attribute or sub-attribute, or the values of a multi-valued attribute that
// fulfil a filter, or one sub-attribute of those.
type Target struct {
	Path   Path
	Filter Expr   // between brackets; nil without them
	Sub    string // behind the brackets
}

// String returns the target in canonical form. Parsed again, it yields an equal
// target.
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

// ParsePath reads the path of a PATCH operation, within the bounds of filters.
// The error is an *scim.Error with the offset in its detail: scimType
// invalidFilter for what stands between brackets, else invalidPath.
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

// selection parses   "[" or "]" [ "." sub-attribute ]   behind an attribute.
func (p *parser) selection(t *Target) error {
	if t.Path.Sub != "" {
		return p.badPath("brackets follow an attribute, not the sub-attribute %q", t.Path.Sub)
	}
	p.pos++
	switch {
	case p.pos == len(p.s):
		return p.badPath("a filter and ']' are expected")
	case isIndex(p.s[p.pos:]):
		return p.badPath("values are named by a filter, not by an index,")
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

// isIndex reports whether s starts with what other notations put between
// brackets: digits and the closing one.
func isIndex(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	return rest != s && strings.HasPrefix(rest, "]")
}

// afterBracket parses   [ "." sub-attribute ]   behind the closing bracket.
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
