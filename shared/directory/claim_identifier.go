package directory

import (
	"fmt"
	"strings"
	"unicode"
)

// identifierProblem says what keeps a name from holding only letters, marks, digits,
// punctuation, symbols and spaces that can be seen, with no blank at its ends: two
// names that look alike must not be two names (PRECIS, to which RFC 7644 section
// 5 refers, disallows the rest). It returns "" for a name that is fine.
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

// invisible reports whether c shows nothing though its category says it might:
// Unicode's Default_Ignorable_Code_Point, and the blank of Braille.
func invisible(c rune) bool {
	return c == '\u2800' || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
