package filter

import (
	"fmt"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// The limits on a filter (RFC 7644 section 7.6 recommends limits).
const (
	MaxLength = 4096 // bytes
	maxTerms  = 64   // comparisons
	maxLevels = 16   // of nested parentheses, brackets and negations
)

// Parse reads a filter. The error is an *scim.Error with scimType invalidFilter and the
// offset in its detail.
func Parse(s string) (Expr, error) {
	if len(s) > MaxLength {
		return nil, scim.InvalidFilter(fmt.Sprintf("the filter has %d bytes; the limit is %d", len(s), MaxLength))
	}
	p := &parser{s: s, subject: "filter"}
	e, err := p.or()
	if err == nil && p.pos != len(p.s) {
		err = p.fail("unexpected %q", p.rest())
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// parser is a recursive-descent parser of the grammar in RFC 7644 figure 1.
// Each method starts at its first byte, and skips white space after its last one.
type parser struct {
	s           string
	subject     string // "filter" or "path", for error texts
	pos         int
	terms       int
	levels      int
	inValuePath bool // value paths can't be nested
}

func (p *parser) fail(format string, args ...any) error {
	return scim.InvalidFilter(p.message(format, args...))
}

// endsEarly returns the error of a text that ends too early.
func (p *parser) endsEarly(want string) error {
	return scim.InvalidFilter("the " + p.subject + " ends where " + want + " is expected")
}

func (p *parser) message(format string, args ...any) string {
	return fmt.Sprintf("invalid %s at byte %d: ", p.subject, p.pos) + fmt.Sprintf(format, args...)
}

// rest returns the text at the position, shortened for error texts.
func (p *parser) rest() string { return p.s[p.pos:min(len(p.s), p.pos+12)] }

func (p *parser) nextIs(c byte) bool { return p.pos < len(p.s) && p.s[p.pos] == c }

func (p *parser) skipSpace() {
	for p.pos < len(p.s) && p.s[p.pos] == ' ' {
		p.pos++
	}
}

// or parses   and { "or" and }.
func (p *parser) or() (Expr, error) {
	p.skipSpace()
	x, err := p.and()
	for err == nil && p.keyword("or") {
		var y Expr
		if y, err = p.and(); err == nil {
			x = &Or{x, y}
		}
	}
	return x, err
}

// and parses   term { "and" term }.
func (p *parser) and() (Expr, error) {
	x, err := p.term()
	for err == nil && p.keyword("and") {
		var y Expr
		if y, err = p.term(); err == nil {
			x = &And{x, y}
		}
	}
	return x, err
}

// term parses   "(" or ")"  |  "not" "(" or ")"  |  value path  |  comparison.
func (p *parser) term() (Expr, error) {
	if p.accept('(') {
		return p.enclosed(')')
	}
	start := p.pos
	if p.keyword("not") && p.accept('(') {
		x, err := p.enclosed(')')
		return &Not{x}, err
	}
	p.pos = start
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.nextIs('[') {
		return p.valuePath(path)
	}
	return p.compare(path)
}

// enclosed parses   or closing   after an opening bracket.
func (p *parser) enclosed(closing byte) (Expr, error) {
	if p.levels++; p.levels > maxLevels {
		return nil, p.fail("more than %d levels of brackets", maxLevels)
	}
	x, err := p.or()
	if err == nil && !p.accept(closing) {
		err = p.fail("%q is expected", closing)
	}
	p.levels--
	return x, err
}

// valuePath parses   "[" or "]"   after the path of a value path.
func (p *parser) valuePath(path Path) (Expr, error) {
	if p.inValuePath {
		return nil, p.fail("a filter in brackets can't contain another one")
	}
	if path.Sub != "" {
		return nil, p.fail("brackets can't follow the sub-attribute %q; put them after the attribute", path.Sub)
	}
	p.inValuePath = true
	p.accept('[')
	x, err := p.enclosed(']')
	p.inValuePath = false
	return &ValuePath{path, x}, err
}

// compare parses   operator [ value ]   after the path of a comparison.
func (p *parser) compare(path Path) (Expr, error) {
	if p.terms++; p.terms > maxTerms {
		return nil, p.fail("more than %d comparisons", maxTerms)
	}
	start := p.pos
	word := p.word()
	op := Op(scim.FoldName(word))
	switch op {
	case Present:
		p.skipSpace()
		return &Compare{Path: path, Op: op}, nil
	case Equal, NotEqual, Contains, StartsWith, EndsWith, Greater, GreaterOrEqual, Less, LessOrEqual:
		p.skipSpace()
		value, err := p.value()
		return &Compare{path, op, value}, err
	}
	p.pos = start
	if start == len(p.s) {
		return nil, p.endsEarly("an operator")
	}
	return nil, p.fail("%q is not an operator; use one of eq ne co sw ew pr gt ge lt le", word)
}

// value parses a JSON string, number, true, false or null.
func (p *parser) value() (scim.Value, error) {
	start := p.pos
	if start == len(p.s) {
		return scim.Value{}, p.endsEarly("a value")
	}
	if p.nextIs('"') {
		p.quoted()
	} else {
		p.word()
	}
	v, err := scim.ParseJSON(p.s[start:p.pos])
	if err != nil || v.Kind() == scim.Array || v.Kind() == scim.Object {
		text := p.s[start:p.pos]
		p.pos = start
		if doubled, ok := doubleBackslashes(text); ok {
			return v, p.fail("write each backslash in a string twice, as in %s", doubled)
		}
		return v, p.fail("%q is not a value; use a string in double quotes, a number, true, false or null", text)
	}
	p.skipSpace()
	return v, nil
}

// doubleBackslashes returns a quoted string with each backslash doubled. It reports false
// unless the string is malformed only because of its backslashes.
func doubleBackslashes(text string) (doubled string, ok bool) {
	if !strings.HasPrefix(text, `"`) || !strings.Contains(text, `\`) {
		return "", false
	}
	doubled = strings.ReplaceAll(text, `\`, `\\`)
	_, err := scim.ParseJSON(doubled)
	return doubled, err == nil
}

// quoted skips a string, up to its closing quote or the end of the text.
func (p *parser) quoted() {
	for p.pos++; p.pos < len(p.s); p.pos++ {
		switch p.s[p.pos] {
		case '\\':
			p.pos++
		case '"':
			p.pos++
			return
		}
	}
	p.pos = len(p.s)
}

// path parses a name in a filter.
func (p *parser) path() (Path, error) {
	path, ok := p.name()
	if !ok {
		return path, p.fail("an attribute is expected")
	}
	p.skipSpace()
	return path, nil
}

// name parses   [ URN ":" ] attribute [ "." sub-attribute ]   without the white space after
// it. A URN contains dots and colons; the name of an attribute contains neither.
func (p *parser) name() (path Path, ok bool) {
	start := p.pos
	name := p.word()
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		path.URN, name = name[:i], name[i+1:]
	}
	path.Attr, path.Sub, _ = strings.Cut(name, ".")
	if !schema.IsName(path.Attr) || path.Sub != "" && !schema.IsName(path.Sub) || strings.HasSuffix(name, ".") {
		p.pos = start
		return path, false
	}
	return path, true
}

// word reads up to the next space, bracket or quote.
func (p *parser) word() string {
	start := p.pos
	for p.pos < len(p.s) && !strings.ContainsRune(` ()[]"`, rune(p.s[p.pos])) {
		p.pos++
	}
	return p.s[start:p.pos]
}

// keyword skips the wanted word, in any case, if it is the next one.
func (p *parser) keyword(want string) bool {
	start := p.pos
	if scim.EqualName(p.word(), want) {
		p.skipSpace()
		return true
	}
	p.pos = start
	return false
}

// accept skips the wanted byte if it is the next one.
func (p *parser) accept(want byte) bool {
	if p.nextIs(want) {
		p.pos++
		p.skipSpace()
		return true
	}
	return false
}
