package schema

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode"

	"scimserver/shared/scim"
)

// Limits on one value, in bytes. They are far above what providers send, and keep the items
// in the table small.
const (
	MaxText   = 4096      // strings, dates, numbers and references
	MaxBinary = 16 * 1024 // binary values as base64
)

// MaxValues is the maximum number of values of one multi-valued attribute. The time to find
// duplicates is quadratic in it.
const MaxValues = 1000

// checkSimple checks a simple value against the attribute's type (RFC 7643 section 2.3).
func (a *Attribute) checkSimple(v scim.Value, path errorPath) error {
	want, article := scim.String, "a "
	switch a.Type {
	case Boolean:
		want = scim.Bool
	case Integer:
		want, article = scim.Number, "an "
	case Decimal:
		want = scim.Number
	}
	if v.Kind() != want {
		return wrongKind(path, article+string(a.Type), v)
	}
	limit := MaxText
	if a.Type == Binary {
		limit = MaxBinary
	}
	if len(v.Text()) > limit {
		return scim.InvalidValue(fmt.Sprintf("%s is longer than %d bytes", path, limit))
	}
	if why := a.formatProblem(v.Text()); why != "" {
		return scim.InvalidValue(path.String() + " " + why)
	}
	return nil
}

// formatProblem describes what is wrong with a value of the right JSON type. It returns ""
// if nothing is.
func (a *Attribute) formatProblem(text string) string {
	switch a.Type {
	case String:
		if strings.ContainsRune(text, 0) {
			return "must not contain the character U+0000"
		}
	case Integer:
		if strings.ContainsAny(text, ".eE") {
			return "must be an integer without a fraction or an exponent"
		}
	case DateTime:
		if _, err := ParseDateTime(text); err != nil {
			return "must be a dateTime such as 2008-01-23T04:56:22Z"
		}
	case Binary:
		if _, err := ParseBinary(text); err != nil {
			return "must be base64"
		}
	case Reference:
		if !isURIReference(text) {
			return "must be a URI"
		}
	}
	return ""
}

// ParseDateTime reads an xsd:dateTime: date and time, with or without a fraction and an
// offset (RFC 7643 section 2.3.5). Without an offset the time is in UTC.
func ParseDateTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	return time.Parse("2006-01-02T15:04:05.999999999", s)
}

// ParseBinary reads base64 (RFC 4648 section 4), with or without padding (RFC 7643 section
// 2.3.6).
func ParseBinary(s string) ([]byte, error) {
	text := strings.TrimRight(s, "=")
	if len(s)-len(text) > 2 {
		return nil, base64.CorruptInputError(len(text))
	}
	return base64.RawStdEncoding.DecodeString(text)
}

// isURIReference reports whether all characters are allowed in a URI reference (RFC 3986),
// or in an IRI, which people often use instead.
func isURIReference(s string) bool {
	for i, c := range s {
		switch {
		case c == '%':
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return false
			}
		case c <= ' ', strings.ContainsRune("\"<>\\^`{|}\x7f", c), unicode.IsSpace(c), unicode.IsControl(c):
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
