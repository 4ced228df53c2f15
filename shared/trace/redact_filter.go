package trace

import (
	"strings"

	"scimserver/shared/lazyregexp"
	"scimserver/shared/scim"
)

// token is a string in quotes, a word, a bracket or white space.
var token = lazyregexp.New(`"(\\.|[^"\\])*("|$)|[()\[\],]|\s+|[^\s()\[\],"]+`)

// filter returns a filter or the path of a PATCH without the values in it. It reads tokens and
// does not parse, because a trace must also show a malformed filter. Where no attribute or operator is
// expected, a word is replaced.
func (r *redactor) filter(text string) string {
	if r.values && !r.hides(text) {
		return text
	}
	var out strings.Builder
	tokens, f := token().FindAllString(text, -1), filterReader{redactor: r, secret: r.mark(text)}
	for i, t := range tokens {
		out.WriteString(f.token(t, nextWord(tokens[i+1:])))
	}
	shown, _ := cut(out.String(), maxFilter)
	return shown
}

// maxFilter is the size in bytes at which a stored filter is cut.
const maxFilter = 2048

// filterState is what the next word of a filter should be.
type filterState int

const (
	wantsAttribute filterState = iota
	wantsOperator
	wantsValue
	wantsLogic
)

// filterReader reads the tokens of a filter.
type filterReader struct {
	*redactor
	state  filterState
	secret string // the mark of a secret that the filter names
}

// token returns what is shown of a token. next is the word or bracket that follows, "" at the end.
func (f *filterReader) token(t, next string) string {
	switch {
	case strings.TrimSpace(t) == "":
		return " "
	case t == "(", t == "[":
		f.state = wantsAttribute
		return t
	case t == ")", t == "]", t == ",":
		f.state = wantsLogic
		return t
	}
	after, kept := f.state.next(t, next)
	if f.state = after; kept {
		return t
	}
	if f.see(scim.Text(strings.Trim(t, `"`))); f.secret != "" {
		return f.secret
	}
	return f.replaced(strings.Trim(t, `"`))
}

// next returns the state after a word or string, and whether the word belongs to the grammar.
func (s filterState) next(t, next string) (after filterState, kept bool) {
	switch {
	case s == wantsAttribute && isOneOf(t, "not"):
		return wantsAttribute, true
	case s == wantsAttribute && isAttribute(t) && (next == "" || next == "[" || isOperator(next)):
		return wantsOperator, true
	case s == wantsOperator && isOneOf(t, "pr"):
		return wantsLogic, true
	case s == wantsOperator && isOperator(t):
		return wantsValue, true
	case s == wantsLogic && isOneOf(t, "and", "or"):
		return wantsAttribute, true
	case s == wantsLogic && strings.HasPrefix(t, ".") && isAttribute(t[1:]): // of a PATCH path
		return wantsLogic, true
	}
	return wantsLogic, false
}

func nextWord(tokens []string) string {
	for _, t := range tokens {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}

func isOperator(t string) bool {
	return isOneOf(t, "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr")
}
