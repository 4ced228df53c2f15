package scim

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string. The result shares the memory of the body if the string has no
// escape sequences.
func (r *reader) string() (string, error) {
	r.pos++
	start := r.pos
	for r.pos < len(r.s) {
		switch c := r.s[r.pos]; {
		case c == '"':
			r.pos++
			return r.s[start : r.pos-1], nil
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			return "", r.fail("a control character must be escaped")
		}
		r.pos++
	}
	return "", r.fail("the string does not end")
}

// escaped reads the rest of a string from its first backslash on.
func (r *reader) escaped(start int) (string, error) {
	var b strings.Builder
	b.WriteString(r.s[start:r.pos])
	for r.pos < len(r.s) {
		switch c := r.s[r.pos]; {
		case c == '"':
			r.pos++
			return b.String(), nil
		case c == '\\':
			if err := r.escape(&b); err != nil {
				return "", err
			}
		case c < ' ':
			return "", r.fail("a control character must be escaped")
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	return "", r.fail("the string does not end")
}

func (r *reader) escape(b *strings.Builder) error {
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	r.pos++
	c := r.peek()
	if i := strings.IndexByte(letters, c); i >= 0 && c != 0 {
		b.WriteByte(meanings[i])
		r.pos++
		return nil
	}
	unit, ok := r.hex4()
	if ok && utf16.IsSurrogate(unit) {
		var low rune
		if strings.HasPrefix(r.s[r.pos:], `\u`) {
			r.pos++
			low, ok = r.hex4()
		}
		unit = utf16.DecodeRune(unit, low)
		ok = ok && unit != utf8.RuneError
	}
	if !ok {
		return r.fail("invalid escape sequence")
	}
	b.WriteRune(unit)
	return nil
}

// hex4 reads the letter u and four hexadecimal digits.
func (r *reader) hex4() (rune, bool) {
	if r.peek() != 'u' || r.pos+5 > len(r.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(r.s[r.pos+1:r.pos+5], 16, 16)
	if err != nil {
		return 0, false
	}
	r.pos += 5
	return rune(n), true
}
