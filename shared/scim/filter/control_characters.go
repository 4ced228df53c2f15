package filter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// rejectControlCharacters refuses a string with a control character, which hardly anybody means: in "CORP\bob", \b is JSON's escape
// for a backspace, and the filter would find nobody. Text may be compared with line breaks and tabs, an identifier
// with neither.
func rejectControlCharacters(leaf *schema.Attribute, e *Compare) error {
	at := strings.IndexFunc(e.Value.Text(), func(c rune) bool {
		return unicode.IsControl(c) && (isIdentifier(leaf) || !strings.ContainsRune("\t\n\r", c))
	})
	if at < 0 {
		return nil
	}
	control, _ := utf8.DecodeRuneInString(e.Value.Text()[at:])
	return scim.InvalidFilter(fmt.Sprintf("the string that %s is compared with holds the control character %U%s; "+
		`a backslash is written twice, as in "CORP\\bob"`, e.Path, control, escapeFor(control)))
}

// isIdentifier reports whether the values of an attribute name one resource.
func isIdentifier(leaf *schema.Attribute) bool {
	return leaf.Uniqueness != schema.None || leaf.Name == "externalId"
}

// escapeFor names the escape that puts a control character into a JSON string, if there is a short one.
func escapeFor(control rune) string {
	i := strings.IndexRune("\b\f\n\r\t", control)
	if i < 0 {
		return ""
	}
	return `, which \` + "bfnrt"[i:i+1] + " stands for"
}
