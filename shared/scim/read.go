package scim

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of arrays and objects in a body.
const maxDepth = 32

// wideObject is the number of members from which names are compared through a
// map rather than one by one.
const wideObject = 16

// ParseJSON reads one JSON text (RFC 8259). It refuses what would make the text
// mean different things to different readers: names that occur twice in one
// object, in whatever case (RFC 7643 section 2.1), invalid UTF-8, lone
// surrogates, and text behind the value; and nesting deeper than 32. The error
// is an *Error with scimType invalidSyntax and the offset in its detail.
func ParseJSON(data []byte) (Value, error) {
	if !utf8.Valid(data) {
		return Value{}, InvalidSyntax("the body is not valid UTF-8")
	}
	r := reader{s: string(data)}
	r.space()
	v, err := r.value(0)
	if err != nil {
		return Value{}, err
	}
	if r.space(); r.pos != len(r.s) {
		return Value{}, r.fail("unexpected text after the JSON value")
	}
	return v, nil
}

// reader is a recursive-descent parser. Every method starts at the first byte
// of its construct and ends behind the last; white space is skipped between.
type reader struct {
	s   string
	pos int
}

func (r *reader) fail(format string, args ...any) error {
	return InvalidSyntax(fmt.Sprintf(format, args...) + " at byte " + strconv.Itoa(r.pos))
}

func (r *reader) space() {
	for r.pos < len(r.s) {
		switch r.s[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// next returns the byte at the position, or 0 at the end.
func (r *reader) next() byte {
	if r.pos < len(r.s) {
		return r.s[r.pos]
	}
	return 0
}

func (r *reader) value(depth int) (Value, error) {
	switch c := r.next(); {
	case c == '"':
		s, err := r.string()
		return Text(s), err
	case c == '{':
		return r.object(depth + 1)
	case c == '[':
		return r.array(depth + 1)
	case c == '-' || '0' <= c && c <= '9':
		return r.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(r.s[r.pos:], word) {
			r.pos += len(word)
			if word == "null" {
				return Value{}, nil
			}
			return Value{kind: Bool, text: word}, nil
		}
	}
	if r.pos == len(r.s) {
		return Value{}, r.fail("the JSON text ends too early,")
	}
	return Value{}, r.fail("a JSON value is expected")
}

func (r *reader) array(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, r.fail("more than %d levels of nesting", maxDepth)
	}
	v := Value{kind: Array}
	for more := r.open(']'); more; {
		item, err := r.value(depth)
		if err != nil {
			return Value{}, err
		}
		v.items = append(v.items, item)
		if more, err = r.more(']'); err != nil {
			return Value{}, err
		}
	}
	return v, nil
}

func (r *reader) object(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, r.fail("more than %d levels of nesting", maxDepth)
	}
	v := Value{kind: Object}
	var seen map[string]bool
	for more := r.open('}'); more; {
		m, err := r.member(depth)
		if err != nil {
			return Value{}, err
		}
		if len(v.members) == wideObject {
			seen = names(v.members)
		}
		if twice(v.members, seen, m.Name) {
			return Value{}, r.fail("the name %q occurs twice in one object,", m.Name)
		}
		v.members = append(v.members, m)
		if more, err = r.more('}'); err != nil {
			return Value{}, err
		}
	}
	return v, nil
}

func (r *reader) member(depth int) (m Member, err error) {
	if r.next() != '"' {
		return m, r.fail("a name in double quotes is expected")
	}
	if m.Name, err = r.string(); err != nil {
		return m, err
	}
	if r.space(); r.next() != ':' {
		return m, r.fail("a colon is expected")
	}
	r.pos++
	r.space()
	m.Value, err = r.value(depth)
	return m, err
}

// open passes the opening bracket and reports whether an element follows.
func (r *reader) open(closing byte) bool {
	r.pos++
	if r.space(); r.next() == closing {
		r.pos++
		return false
	}
	return true
}

// more passes the comma or the closing bracket behind an element and reports
// whether another element follows.
func (r *reader) more(closing byte) (bool, error) {
	r.space()
	switch r.next() {
	case ',':
		r.pos++
		r.space()
		return true, nil
	case closing:
		r.pos++
		return false, nil
	}
	return false, r.fail("a comma or %q is expected", closing)
}

// twice reports whether name is among members already, and notes it in seen,
// which is nil while members are few.
func twice(members []Member, seen map[string]bool, name string) bool {
	if seen != nil {
		key := FoldName(name)
		known := seen[key]
		seen[key] = true
		return known
	}
	for _, m := range members {
		if EqualName(m.Name, name) {
			return true
		}
	}
	return false
}

func names(members []Member) map[string]bool {
	seen := make(map[string]bool, 2*len(members))
	for _, m := range members {
		seen[FoldName(m.Name)] = true
	}
	return seen
}

// number passes a number as RFC 8259 section 6 spells it and keeps its text.
func (r *reader) number() (Value, error) {
	start := r.pos
	if r.next() == '-' {
		r.pos++
	}
	leadingZero := r.next() == '0'
	whole := r.digits()
	ok := whole > 0 && !(leadingZero && whole > 1)
	if r.next() == '.' {
		r.pos++
		ok = r.digits() > 0 && ok
	}
	if c := r.next(); c == 'e' || c == 'E' {
		r.pos++
		if c := r.next(); c == '+' || c == '-' {
			r.pos++
		}
		ok = r.digits() > 0 && ok
	}
	if !ok {
		return Value{}, r.fail("malformed number")
	}
	return Value{kind: Number, text: r.s[start:r.pos]}, nil
}

func (r *reader) digits() (n int) {
	for ; '0' <= r.next() && r.next() <= '9'; n++ {
		r.pos++
	}
	return n
}

// string passes a string. One without escapes shares the memory of the body.
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
			return "", r.fail("a control character must be escaped,")
		}
		r.pos++
	}
	return "", r.fail("the string does not end,")
}

// escaped goes on with a string at its first backslash.
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
			return "", r.fail("a control character must be escaped,")
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	return "", r.fail("the string does not end,")
}

func (r *reader) escape(b *strings.Builder) error {
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	r.pos++
	c := r.next()
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
		return r.fail("malformed escape")
	}
	b.WriteRune(unit)
	return nil
}

// hex4 passes the letter u and four hexadecimal digits.
func (r *reader) hex4() (rune, bool) {
	if r.next() != 'u' || r.pos+5 > len(r.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(r.s[r.pos+1:r.pos+5], 16, 16)
	if err != nil {
		return 0, false
	}
	r.pos += 5
	return rune(n), true
}
