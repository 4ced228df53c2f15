package scim

import (
	"strings"
	"unicode/utf8"
)

// AppendJSON appends v as JSON without white space. Strings are written in UTF-8, and only what RFC 8259 section 7
// requires is escaped.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case String:
		return appendString(dst, v.text)
	case Array:
		return appendArray(dst, v.Items())
	case Object:
		return appendObject(dst, v.Members())
	case Null:
		return append(dst, "null"...)
	}
	return append(dst, v.text...)
}

// Bytes returns v as JSON text.
func (v Value) Bytes() []byte { return v.AppendJSON(make([]byte, 0, v.size())) }

// JSON returns v as JSON text.
func (v Value) JSON() string { return string(v.Bytes()) }

// Len returns the length of v as JSON text, in bytes. The strings of v must be valid UTF-8.
func (v Value) Len() int { return v.length(stringLen) }

// QuotedLen returns the length, in bytes, of v's JSON text inside a JSON string. A Lambda function returns the body
// of a response in this form, and AWS limits the size of what it returns.
func (v Value) QuotedLen() int { return v.length(quotedLen) }

// length returns the length of v as JSON text. ofString returns the length of a string.
func (v Value) length(ofString func(string) int) int {
	switch v.kind {
	case String:
		return ofString(v.text)
	case Null:
		return len("null")
	case Array:
		n := len("[]") + max(0, len(v.Items())-1)
		for _, item := range v.Items() {
			n += item.length(ofString)
		}
		return n
	case Object:
		n := len("{}") + max(0, len(v.Members())-1)
		for _, m := range v.Members() {
			n += ofString(m.Name) + len(":") + m.Value.length(ofString)
		}
		return n
	}
	return len(v.text)
}

func stringLen(s string) int {
	n := len(`""`) + len(s)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"', c == '\\':
			n++
		case c < ' ':
			n += len(`\u0000`) - 1
		}
	}
	return n
}

// quotedLen is stringLen for a string inside another one, which escapes its quotation
// marks and backslashes again. The encoder of Lambda functions also escapes U+2028 and
// U+2029.
func quotedLen(s string) int {
	n := len(`\"\"`) + len(s)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"', c == '\\':
			n += len(`\\\"`) - 1
		case c < ' ':
			n += len(`\\u0000`) - 1
		case c == "\u2028"[0] && (strings.HasPrefix(s[i:], "\u2028") || strings.HasPrefix(s[i:], "\u2029")):
			n += len(`\u2028`) - len("\u2028")
		}
	}
	return n
}

// size returns the approximate length of v as JSON: without escape sequences.
func (v Value) size() int {
	n := len(v.text) + len(`"",`)
	for _, item := range v.Items() {
		n += item.size()
	}
	for _, m := range v.Members() {
		n += len(m.Name) + len(`"":`) + m.Value.size()
	}
	return n
}

func appendArray(dst []byte, items []Value) []byte {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item.AppendJSON(dst)
	}
	return append(dst, ']')
}

func appendObject(dst []byte, members []Member) []byte {
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, m.Name), ':')
		dst = m.Value.AppendJSON(dst)
	}
	return append(dst, '}')
}

func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		if c < ' ' {
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			dst = append(dst, '\\', c)
		}
		start = i + 1
	}
	return append(append(dst, s[start:]...), '"')
}
