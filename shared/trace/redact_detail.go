package trace

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"scimserver/shared/lazyregexp"
	"scimserver/shared/scim"
)

// quoted is a value in the text of an error. The service writes values in quotes.
var quoted = lazyregexp.New(`"(\\.|[^"\\])*("|$)`)

// detail returns the text of an error without the values in it. With values, quotes are left alone only
// if the request has no secret, because an error may quote a secret shortened or escaped. A text that
// still contains a replaced string of the request is replaced as a whole.
func (r *redactor) detail(text string) string {
	masked := text
	if !r.values || len(r.seen) > 0 || r.mark(text) != "" {
		masked = quoted().ReplaceAllStringFunc(text, func(value string) string {
			return r.replaced(strings.Trim(value, `"`))
		})
	}
	folded := scim.Fold(masked)
	if r.unsure || slices.ContainsFunc(r.seen, func(value string) bool { return containsWord(folded, value) }) {
		return r.replaced(text)
	}
	return masked
}

// containsWord reports whether a text contains a word, not only as a part of a longer one.
func containsWord(text, word string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !isWordCharacter(before) && !isWordCharacter(after) {
			return true
		}
		from = at + len(word)
	}
}

func isWordCharacter(c rune) bool {
	return c != utf8.RuneError && (unicode.IsLetter(c) || unicode.IsDigit(c))
}
