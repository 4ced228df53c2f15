package directory

import (
	"strings"
	"unicode"
)

// printable reports whether a name holds only letters, marks, digits,
// punctuation, symbols and spaces that can be seen, and no blank at its ends: two
// names that look alike must not be two names (PRECIS, to which RFC 7644 section
// 5 refers, disallows the rest).
func printable(s string) bool {
	for _, c := range s {
		if invisible(c) || !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) {
			return false
		}
	}
	return s != "" && strings.TrimSpace(s) == s
}

// invisible reports whether c shows nothing though its category says it might:
// Unicode's Default_Ignorable_Code_Point, and the blank of Braille.
func invisible(c rune) bool {
	return c == '\u2800' || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
