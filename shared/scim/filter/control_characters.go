package filter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// rejectControlCharacters rejects a string with a control character, which is probably a
// mistake: in "CORP\bob", \b is JSON's escape sequence for a backspace, and the filter would
// match nothing. Line breaks and tabs are allowed, except in identifiers.
func rejectControlCharacters(leaf *schema.Attribute, e *Compare) error {
	at := strings.IndexFunc(e.Value.Text(), func(c rune) bool {
		return unicode.IsControl(c) && (isIdentifier(leaf) || !strings.ContainsRune("\t\n\r", c))
	})
	if at < 0 {
		return nil
	}
	control, _ := utf8.DecodeRuneInString(e.Value.Text()[at:])
	return scim.InvalidFilter(fmt.Sprintf("the string to compare with %s has the control character %U%s; "+
		`write each backslash twice, as in "CORP\\bob"`, e.Path, control, escapeFor(control)))
}

// isIdentifier reports whether the values of an attribute identify resources.
func isIdentifier(leaf *schema.Attribute) bool {
	return leaf.Uniqueness != schema.None || leaf.Name == "externalId"
}

// escapeFor returns a text that names the short JSON escape sequence of a control
// character, or "" if there is none.
func escapeFor(control rune) string {
	i := strings.IndexRune("\b\f\n\r\t", control)
	if i < 0 {
		return ""
	}
	return `, written as \` + "bfnrt"[i:i+1]
}
