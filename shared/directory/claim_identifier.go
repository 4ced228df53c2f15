package directory

import (
	"fmt"
	"strings"
	"unicode"
)

// identifierProblem says why a name is not allowed as an identifier, "" if it is. Only
// visible letters, marks, digits, punctuation, symbols and inner spaces are allowed: two
// names that look alike must not be different names (PRECIS, to which RFC 7644 section 5
// refers, disallows the rest).
func identifierProblem(s string) string {
	place := 0
	for _, c := range s {
		place++
		if invisible(c) || !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) {
			return fmt.Sprintf(
				"holds %U at character %d, which is a control character, invisible or unassigned",
				c,
				place,
			)
		}
	}
	switch {
	case s == "":
		return "must not be empty"
	case strings.TrimSpace(s) != s:
		return "must not start or end with a blank"
	}
	return ""
}

// invisible reports whether c is invisible though its category is a visible one: Unicode's
// Default_Ignorable_Code_Point, and the blank of Braille.
func invisible(c rune) bool {
	return c == '\u2800' || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
