package scim

import (
	"strings"

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
	s = norm.NFKC.String(foldCase(norm.NFD.String(s)))
	return norm.NFKC.String(foldCase(s))
}

// foldCase is full case folding. The library lacks the Cherokee letters, whose
// small forms fold to the capital ones.
func foldCase(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case 0xab70 <= c && c <= 0xabbf:
			return c - 0xab70 + 0x13a0
		case 0x13f8 <= c && c <= 0x13fd:
			return c - 8
		}
		return c
	}, cases.Fold().String(s))
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
