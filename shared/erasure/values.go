// Package erasure finds the values of a person in texts, and replaces them. It distinguishes values
// that identify a person, such as a userName, from values that several persons may have, such as a
// name.
package erasure

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"scimserver/shared/scim"
)

// Erased replaces a value of a person.
const Erased = "erased"

// Values are the values of one person.
type Values struct {
	// Identifiers are userNames, emails and externalIds.
	Identifiers []string `json:"identifiers"`
	// Names are full names and telephone numbers.
	Names []string `json:"names,omitempty"`
}

// The shortest values, in bytes, that are searched for in texts about others. Shorter ones would be found in
// too many texts by chance.
const (
	minIdentifier = 4
	minName       = 6
)

// LearnDocument adds the values of a user's or account's document.
func (v *Values) LearnDocument(doc scim.Value) {
	v.AddIdentifiers(doc.Get("userName").Text(), doc.Get("externalId").Text())
	for _, e := range doc.Get("emails").Items() {
		v.AddIdentifiers(e.Get("value").Text())
	}
	name := doc.Get("name")
	v.addNames(doc.Get("displayName").Text(), name.Get("formatted").Text(),
		strings.TrimSpace(name.Get("givenName").Text()+" "+name.Get("familyName").Text()))
	for _, p := range doc.Get("phoneNumbers").Items() {
		number := p.Get("value").Text()
		v.addNames(number, strings.TrimPrefix(number, "tel:"))
	}
}

// AddIdentifiers adds identifiers, each once.
func (v *Values) AddIdentifiers(list ...string) {
	v.Identifiers = addFolded(v.Identifiers, list, func(s string) bool { return s != "" && s != Erased })
}

// addNames adds names of several words, and numbers. It leaves out a single word, which may be the name of many
// people.
func (v *Values) addNames(list ...string) {
	v.Names = addFolded(v.Names, list, func(s string) bool {
		return len(s) >= minName && (strings.Contains(s, " ") || strings.ContainsAny(s, "0123456789"))
	})
}

func addFolded(to, list []string, wanted func(string) bool) []string {
	for _, s := range list {
		if s = scim.Fold(s); wanted(s) && !slices.Contains(to, s) {
			to = append(to, s)
		}
	}
	return to
}

// Identify reports whether a text is one of the identifiers.
func (v Values) Identify(text string) bool {
	return text != "" && slices.Contains(v.Identifiers, scim.Fold(text))
}

// Without returns the values without some identifiers.
func (v Values) Without(others []string) Values {
	v.Identifiers = slices.DeleteFunc(slices.Clone(v.Identifiers), func(s string) bool {
		return slices.Contains(others, s)
	})
	return v
}

// Matcher finds values in texts.
type Matcher struct{ pattern *regexp.Regexp }

// Matcher returns a matcher of the values that are long enough to be found in texts about others.
func (v Values) Matcher() Matcher {
	var list []string
	for _, s := range v.Identifiers {
		if len(s) >= minIdentifier {
			list = append(list, regexp.QuoteMeta(s))
		}
	}
	for _, s := range v.Names {
		list = append(list, regexp.QuoteMeta(s))
	}
	if len(list) == 0 {
		return Matcher{}
	}
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) }) // the longest one wins
	return Matcher{regexp.MustCompile("(?i)" + strings.Join(list, "|"))}
}

// Replace replaces the values in a text. It ignores case. It does not replace a value inside a longer word.
func (m Matcher) Replace(s string) string {
	if m.pattern == nil {
		return s
	}
	var out strings.Builder
	end := 0
	for _, at := range m.pattern.FindAllStringIndex(s, -1) {
		if isWhole(s, at[0], at[1]) {
			out.WriteString(s[end:at[0]] + Erased)
			end = at[1]
		}
	}
	return out.String() + s[end:]
}

// isWhole reports whether s[from:to] is not a part of a longer word.
func isWhole(s string, from, to int) bool {
	isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return !isWord(before) && !isWord(after)
}
