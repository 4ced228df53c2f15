package wire

import (
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// peek skips white space and returns the next byte, or 0 at the end.
func (r *reader) peek() byte {
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// word reads true, false or null.
func (r *reader) word(word string) error {
	r.peek()
	end := r.at + len(word)
	if end > len(r.text) || string(r.text[r.at:end]) != word {
		return r.fail(word)
	}
	r.at = end
	return nil
}

// number reads a number and returns its text.
func (r *reader) number() (string, error) {
	r.peek()
	start := r.at
	for r.at < len(r.text) && isNumeric(r.text[r.at]) {
		r.at++
	}
	if text := r.text[start:r.at]; json.Valid(text) {
		return string(text), nil
	}
	return "", r.fail("a number")
}

func isNumeric(c byte) bool {
	return '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// string reads a string. Escape sequences are replaced where they stand in the text, which gets shorter by that.
func (r *reader) string() ([]byte, error) {
	if r.peek() != '"' {
		return nil, r.fail("a string")
	}
	r.at++
	s := r.plain()
	for r.at < len(r.text) && r.text[r.at] == '\\' {
		c, err := r.escape()
		if err != nil {
			return nil, err
		}
		s = append(utf8.AppendRune(s, c), r.plain()...)
	}
	if r.at == len(r.text) || r.text[r.at] != '"' {
		return nil, r.fail("the end of a string")
	}
	r.at++
	return s, nil
}

// plain returns the bytes up to the next one that does not stand for itself in a string.
func (r *reader) plain() []byte {
	start := r.at
	for r.at < len(r.text) {
		if c := r.text[r.at]; c == '"' || c == '\\' || c < ' ' {
			break
		}
		r.at++
	}
	return r.text[start:r.at]
}

// escape reads an escape sequence (RFC 8259 section 7) and returns what it stands for.
func (r *reader) escape() (rune, error) {
	if r.at+1 == len(r.text) {
		return 0, r.fail("an escape sequence")
	}
	c := r.text[r.at+1]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return r.codePoint()
	default:
		return 0, r.fail("an escape sequence")
	}
	r.at += 2
	return rune(c), nil
}

// codePoint reads one sequence \uXXXX, or two that form a surrogate pair. A surrogate alone becomes U+FFFD.
func (r *reader) codePoint() (rune, error) {
	c := r.codeUnit()
	if c < 0 {
		return 0, r.fail("four hexadecimal digits")
	}
	r.at += unitLength
	if utf16.IsSurrogate(c) {
		if c = utf16.DecodeRune(c, r.codeUnit()); c != utf8.RuneError {
			r.at += unitLength
		}
	}
	return c, nil
}

const unitLength = len(`\uXXXX`)

// codeUnit returns the value of the sequence \uXXXX at the position, or -1 if there is none.
func (r *reader) codeUnit() rune {
	if r.at+unitLength > len(r.text) || r.text[r.at] != '\\' || r.text[r.at+1] != 'u' {
		return -1
	}
	c, err := strconv.ParseUint(string(r.text[r.at+2:r.at+unitLength]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(c)
}

// skip reads a value of any type.
func (r *reader) skip() (err error) {
	switch r.peek() {
	case '{':
		return r.skipElements('{', '}')
	case '[':
		return r.skipElements('[', ']')
	case '"':
		_, err = r.string()
	case 't':
		err = r.word("true")
	case 'f':
		err = r.word("false")
	case 'n':
		err = r.word("null")
	default:
		_, err = r.number()
	}
	return err
}

func (r *reader) skipElements(opening, closing byte) error {
	if err := r.enter(opening, nil); err != nil {
		return err
	}
	for {
		more, err := r.next(closing)
		if more && opening == '{' {
			_, err = r.name()
		}
		if !more || err != nil {
			return err
		}
		if err := r.skip(); err != nil {
			return err
		}
	}
}

// names keeps the texts of names, so that the items of a page share them. Each text has one place, by its first
// and last byte. It is nil until the first name.
type names []string

func (n *names) text(name []byte) string {
	if len(name) == 0 {
		return ""
	}
	if *n == nil {
		*n = make(names, 64)
	}
	kept := &(*n)[(int(name[0])+2*int(name[len(name)-1]))%len(*n)]
	if *kept != string(name) {
		*kept = string(name)
	}
	return *kept
}
