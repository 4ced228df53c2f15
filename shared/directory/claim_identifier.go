package directory

import (
	"fmt"
	"strings"
	"unicode"
)

// identifierProblem says why a name is not allowed as an identifier, "" if it is allowed. Only
// visible letters, marks, digits, punctuation, symbols and inner spaces are allowed: two
// names that look alike must not be different names (PRECIS, to which RFC 7644 section 5
// refers, disallows the rest).
func identifierProblem(s string) string {
	place := 0
	for _, c := range s {
		place++
		if invisible(c) || !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) {
			return fmt.Sprintf(
				"contains %U at character %d, which is a control character, invisible or unassigned",
				c,
				place,
			)
		}
	}
	switch {
	case s == "":
		return "must not be empty"
	case strings.TrimSpace(s) != s:
		return "must not start or end with a space"
	}
	return ""
}

// invisible reports whether c is invisible although its category is allowed: it has Unicode's
// property Default_Ignorable_Code_Point, or is the blank Braille pattern.
func invisible(c rune) bool {
	return c == '\u2800' || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
