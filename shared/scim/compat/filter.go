package compat

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// Filter parses a filter after repairing it. The error is that of filter.Parse.
func (r *Repairs) Filter(t *schema.ResourceType, text string) (filter.Expr, error) {
	if len(text) <= filter.MaxLength {
		text = strings.Join(r.comparisonAfterBracket(r.bareWords(tokens(text))), "")
	}
	e, err := filter.Parse(text)
	if err != nil {
		return nil, err
	}
	return r.literals(r.filterPaths(t, e), func(p filter.Path) *schema.Attribute {
		what, ok := filter.Resolve(t, p)
		if !ok {
			return nil
		}
		return what.Leaf()
	}), nil
}

// tokens splits a filter into quoted strings, brackets, spaces and words. Joined, they are
// the filter again.
func tokens(text string) (all []string) {
	for len(text) > 0 {
		n := 1
		switch c := text[0]; {
		case c == '"':
			n = quotedLength(text)
		case !strings.ContainsRune(" ()[]", rune(c)):
			if n = strings.IndexAny(text, ` ()[]"`); n < 0 {
				n = len(text)
			}
		}
		all, text = append(all, text[:n]), text[n:]
	}
	return all
}

// quotedLength returns the length of the quoted string at the start of text.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// skipBlanks returns the index of the first token from i on that is not a space.
func skipBlanks(tokens []string, i int) int {
	for i < len(tokens) && tokens[i] == " " {
		i++
	}
	return i
}

// isComparison reports whether a token is an operator that takes a value.
func isComparison(token string) bool {
	switch filter.Op(scim.FoldName(token)) {
	case filter.Equal, filter.NotEqual, filter.Contains, filter.StartsWith, filter.EndsWith,
		filter.Greater, filter.GreaterOrEqual, filter.Less, filter.LessOrEqual:
		return true
	}
	return false
}
