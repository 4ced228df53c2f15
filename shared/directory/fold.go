package directory

import (
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"scimserver/shared/scim"
)

// foldVersion changes with every change of Fold: claims made by another version
// do not protect, so the table records it.
const foldVersion = 1

// Fold returns the form under which usernames and emails are compared and
// claimed: the Unicode toNFKC_Casefold mapping without the removal of ignorable
// characters. Case, Unicode normalization form and full-width variants make no
// difference (RFC 7644 section 5, RFC 7643 section 4.1.1).
func Fold(s string) string {
	if isPlain(s) {
		return scim.FoldName(s)
	}
	fold := cases.Fold()
	s = norm.NFKC.String(fold.String(norm.NFD.String(s)))
	return norm.NFKC.String(fold.String(s))
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

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
