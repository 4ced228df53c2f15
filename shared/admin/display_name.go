package admin

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// validName reports whether people can read a name: it has a visible character, and none that breaks a line or
// changes the direction of text. The invisible joiners that emoji and some scripts need are allowed, unlike in a
// userName.
func validName(name string) bool {
	return utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxName &&
		strings.ContainsFunc(name, isVisible) && !strings.ContainsFunc(name, isControl)
}

func invalidName(member string) *Error {
	return invalid("%s must have 1 to %d characters, at least one of them visible, "+
		"and no control characters, line breaks or characters that change the direction of text", member, maxName)
}

// isVisible reports whether a character is visible when printed alone.
func isVisible(c rune) bool {
	unseen := c == '\u2800' || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
	return !unseen && unicode.In(c, unicode.L, unicode.N, unicode.P, unicode.S)
}

// isControl reports whether a character affects the text around it.
func isControl(c rune) bool {
	return unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
