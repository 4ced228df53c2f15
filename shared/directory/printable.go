package directory

import "unicode"

// printable reports whether a name holds only letters, marks, digits,
// punctuation, symbols and spaces: two names that look alike must not be two
// names (PRECIS, to which RFC 7644 section 5 refers, disallows the rest).
func printable(s string) bool {
	for _, c := range s {
		if !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) {
			return false
		}
	}
	return true
}
