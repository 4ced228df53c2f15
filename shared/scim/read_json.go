package scim

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds the nesting of arrays and objects in a body.
const maxDepth = 32

// wideObject is the least number of members for which a map finds duplicate names. With fewer
// members it is faster to compare the names one by one.
const wideObject = 32

// ParseJSON reads one JSON text (RFC 8259). It rejects what parsers interpret in different
// ways: names that occur twice in one object, in any case (RFC 7643 section 2.1), invalid
// UTF-8, lone surrogates, and text after the value. It also rejects nesting deeper than
// 32 levels. The error is an *Error with scimType invalidSyntax and the offset in its
// detail.
func ParseJSON[Bytes ~[]byte | ~string](data Bytes) (Value, error) {
	r := reader{s: string(data)}
	if !utf8.ValidString(r.s) {
		return Value{}, InvalidSyntax("the body is not valid UTF-8")
	}
	r.skipSpace()
	if c := r.peek(); c == '{' || c == '[' {
		r.items, r.members = make([]Value, 0, smallJSON), make([]Member, 0, smallJSON)
	}
	v, err := r.value(0)
	if err != nil {
		return Value{}, err
	}
	if r.skipSpace(); r.pos != len(r.s) {
		return Value{}, r.fail("unexpected text after the value")
	}
	return v, nil
}

// smallJSON is the initial capacity for the elements and members that are being read.
const smallJSON = 24

// reader is a recursive-descent parser. Every method starts at the first byte of its
// construct and ends after the last one. White space is skipped in between.
type reader struct {
	s   string
	pos int
	// Stacks of the contents of the arrays and objects that are being read. When one is complete, its contents are
	// copied to a slice of the right size and removed from the stack.
	items   []Value
	members []Member
}

func (r *reader) fail(format string, args ...any) error {
	return InvalidSyntax("invalid JSON at byte " + strconv.Itoa(r.pos) + ": " + fmt.Sprintf(format, args...))
}

func (r *reader) skipSpace() {
	for r.pos < len(r.s) {
		switch r.s[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the byte at the position, or 0 at the end.
func (r *reader) peek() byte {
	if r.pos < len(r.s) {
		return r.s[r.pos]
	}
	return 0
}

func (r *reader) value(depth int) (Value, error) {
	switch c := r.peek(); {
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
		return Value{}, r.fail("the text ends too early")
	}
	return Value{}, r.fail("a value is expected")
}

func (r *reader) array(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, r.fail("more than %d levels of nesting", maxDepth)
	}
	start := len(r.items)
	for more := r.skipOpening(']'); more; {
		item, err := r.value(depth)
		if err != nil {
			return Value{}, err
		}
		r.items = append(r.items, item)
		if more, err = r.skipSeparator(']'); err != nil {
			return Value{}, err
		}
	}
	v := List(exactCopy(r.items[start:])...)
	r.items = r.items[:start]
	return v, nil
}

func (r *reader) object(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, r.fail("more than %d levels of nesting", maxDepth)
	}
	start := len(r.members)
	var seen map[string]bool
	for more := r.skipOpening('}'); more; {
		m, err := r.member(depth)
		if err != nil {
			return Value{}, err
		}
		if len(r.members)-start == wideObject {
			seen = nameSet(r.members[start:])
		}
		if isDuplicate(r.members[start:], seen, m.Name) {
			return Value{}, r.fail("the name %q occurs twice in one object", m.Name)
		}
		r.members = append(r.members, m)
		if more, err = r.skipSeparator('}'); err != nil {
			return Value{}, err
		}
	}
	v := Map(exactCopy(r.members[start:])...)
	r.members = r.members[:start]
	return v, nil
}

// exactCopy returns a copy without spare capacity, or nil for an empty slice.
func exactCopy[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return append(make([]T, 0, len(s)), s...)
}

func (r *reader) member(depth int) (m Member, err error) {
	if r.peek() != '"' {
		return m, r.fail("a name in double quotes is expected")
	}
	if m.Name, err = r.string(); err != nil {
		return m, err
	}
	if r.skipSpace(); r.peek() != ':' {
		return m, r.fail("a colon is expected")
	}
	r.pos++
	r.skipSpace()
	m.Value, err = r.value(depth)
	return m, err
}

// skipOpening skips the opening bracket and reports whether an element follows.
func (r *reader) skipOpening(closing byte) bool {
	r.pos++
	if r.skipSpace(); r.peek() == closing {
		r.pos++
		return false
	}
	return true
}

// skipSeparator skips the comma or the closing bracket after an element, and reports
// whether another element follows.
func (r *reader) skipSeparator(closing byte) (bool, error) {
	r.skipSpace()
	switch r.peek() {
	case ',':
		r.pos++
		r.skipSpace()
		return true, nil
	case closing:
		r.pos++
		return false, nil
	}
	return false, r.fail("a comma or %q is expected", closing)
}

// isDuplicate reports whether members already has a name. It adds the name to seen, which
// is nil while there are few members.
func isDuplicate(members []Member, seen map[string]bool, name string) bool {
	if seen != nil {
		key := FoldName(name)
		known := seen[key]
		seen[key] = true
		return known
	}
	for i := range members {
		if len(members[i].Name) == len(name) && EqualName(members[i].Name, name) {
			return true
		}
	}
	return false
}

func nameSet(members []Member) map[string]bool {
	seen := make(map[string]bool, 2*len(members))
	for _, m := range members {
		seen[FoldName(m.Name)] = true
	}
	return seen
}

// number reads a number in the syntax of RFC 8259 section 6, and keeps its text.
func (r *reader) number() (Value, error) {
	start := r.pos
	if r.peek() == '-' {
		r.pos++
	}
	leadingZero := r.peek() == '0'
	whole := r.digits()
	ok := whole > 0 && !(leadingZero && whole > 1)
	if r.peek() == '.' {
		r.pos++
		ok = r.digits() > 0 && ok
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
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
	for ; '0' <= r.peek() && r.peek() <= '9'; n++ {
		r.pos++
	}
	return n
}
