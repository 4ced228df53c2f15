package scim

import (
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldVersion is the version of Fold. It must change whenever Fold does: stored folded
// strings record it, because strings folded by different versions can't be compared.
const FoldVersion = 1

// Fold returns the form in which case-insensitive strings are compared, and usernames and
// emails are claimed: the Unicode toNFKC_Casefold mapping without the removal of ignorable
// characters. Case, Unicode normalization form and full-width variants make no difference
// (RFC 7644 section 5, RFC 7643 section 4.1.1).
func Fold(s string) string {
	folded, _ := FoldCounted(s)
	return folded
}

// The steps to fold one byte, see Budget. Most characters are looked up in a table.
// Sequences with combining marks have to be normalized, which takes longer.
const (
	stepsASCII      = 4
	stepsLookedUp   = 10
	stepsNormalized = 1000
)

// FoldCounted is Fold, and also returns the steps that it took, see Budget.
func FoldCounted(s string) (folded string, steps int) {
	if isASCII(s) {
		return FoldName(s), stepsASCII * len(s)
	}
	f := folder{out: make([]byte, 0, len(s)), limit: math.MaxInt}
	f.fold(s)
	return string(f.out), stepsLookedUp*len(s) + stepsNormalized*f.normalized
}

// FoldPrefix returns the first n bytes of Fold(s), or all of them if there are fewer. It
// reads no more of s than it needs.
func FoldPrefix(s string, n int) string {
	if isASCII(s[:min(n+1, len(s))]) {
		return FoldName(s[:min(n, len(s))])
	}
	f := folder{limit: n}
	f.fold(s)
	return string(f.out[:min(n, len(f.out))])
}

// folder folds a string segment by segment. Segments end at normalization boundaries, so
// that each can be folded on its own. Nearly all are single characters, whose folded forms
// are looked up.
type folder struct {
	out        []byte
	limit      int // stop when out has this many bytes
	normalized int // bytes of segments that were not looked up
}

func (f *folder) fold(s string) {
	start, form := 0, "" // of the current segment; form is "" if it must be computed
	for i, c := range s {
		next := foldedChar(c)
		if next == "" { // c continues the segment
			form = ""
			continue
		}
		if i > start {
			f.add(s[start:i], form)
		}
		if len(f.out) >= f.limit {
			return
		}
		start, form = i, next
	}
	f.add(s[start:], form)
}

func (f *folder) add(segment, form string) {
	if form == "" {
		f.normalized += len(segment)
		form = foldComposed(segment)
	}
	f.out = append(f.out, form...)
}

// foldComposed folds a segment of several characters. Most of them are a letter with
// combining marks, which can be composed to one character and looked up.
func foldComposed(segment string) string {
	composed := norm.NFC.String(segment)
	if c, size := utf8.DecodeRuneInString(composed); size == len(composed) {
		if form := foldedChar(c); form != "" {
			return form
		}
	}
	return foldSegment(segment)
}

// foldSegment folds a segment by the definition of the mapping, which is slow.
func foldSegment(s string) string {
	s = norm.NFKC.String(foldCase(norm.NFD.String(s)))
	if again := foldCase(s); again != s {
		return norm.NFKC.String(again)
	}
	return s
}

// foldPage holds the folded forms of consecutive characters. The form is "" for those that
// can combine with the character before them.
type foldPage [pageSize]string

const (
	pageSize  = 256
	pagedFold = 0x32000 // the first character without a page
)

// foldPages computes each page when it is first used: most texts need two or three.
var foldPages = sync.OnceValue(func() []func() *foldPage {
	pages := make([]func() *foldPage, pagedFold/pageSize)
	for i := range pages {
		pages[i] = sync.OnceValue(func() *foldPage { return newFoldPage(rune(i * pageSize)) })
	}
	return pages
})

func newFoldPage(first rune) *foldPage {
	page := new(foldPage)
	for i := range page {
		if c := string(first + rune(i)); startsSegment(c) {
			if folded := foldSegment(c); startsSegment(folded) {
				page[i] = folded
			}
		}
	}
	return page
}

func startsSegment(s string) bool { return norm.NFKC.PropertiesString(s).BoundaryBefore() }

// foldedChar returns the folded form of a character that begins a segment, or "" for all
// others and for those without a page.
func foldedChar(c rune) string {
	if c >= pagedFold {
		return ""
	}
	return foldPages()[c/pageSize]()[c%pageSize]
}

// foldCase does full case folding. The library leaves out the Cherokee letters, whose
// lower-case forms fold to the upper-case ones.
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

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
