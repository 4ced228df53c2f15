package scim

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldVersion changes with every change of Fold: who stores folded strings
// records it, because they protect only against those folded alike.
const FoldVersion = 1

// Fold returns the form under which strings without case are compared, and
// usernames and emails claimed: the Unicode toNFKC_Casefold mapping without the
// removal of ignorable characters. Case, Unicode normalization form and
// full-width variants make no difference (RFC 7644 section 5, RFC 7643 section
// 4.1.1).
func Fold(s string) string {
	if isPlain(s) {
		return FoldName(s)
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
