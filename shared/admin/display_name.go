package admin

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// written reports whether people may write and read a name like that: it shows
// something, and nothing in it breaks a line or turns the direction of what is around
// it. Joiners of emoji and scripts are part of names, other than in what a person
// signs in with.
func written(name string) bool {
	return utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxName && strings.ContainsFunc(name, shows) && !strings.ContainsFunc(name, steers)
}

func unwritten(member string) *Error {
	return invalid("%s must have 1 to %d characters, not all of them blank or invisible, and none that controls, breaks lines or turns the direction of text", member, maxName)
}

// shows reports whether a character leaves a mark where it is printed, alone.
func shows(c rune) bool {
	unseen := c == '\u2800' || unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
	return !unseen && unicode.In(c, unicode.L, unicode.N, unicode.P, unicode.S)
}

// steers reports whether a character acts on the text around it.
func steers(c rune) bool {
	return unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
