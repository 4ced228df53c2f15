// Package wording puts the answers of the operator API into words: those that scimctl prints, and
// those that its console shows.
package wording

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"scimserver/shared/scim"
)

// Printable replaces characters that would break a line or control a terminal: the text may come
// from a provider.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || unicode.Is(unicode.Zs, r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// Truncate cuts a text to a number of characters.
func Truncate(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// Sentence begins a text with a capital and ends it with a full stop.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// TimeToMinute and TimeToSecond are the layouts of times for people. Times are in the local time zone, and end
// with its offset: Z, or +01:00.
const (
	TimeToMinute = "2006-01-02 15:04Z07:00"
	TimeToSecond = "2006-01-02 15:04:05Z07:00"
)

// Minute is a time in the local time zone to the minute, "" for nil.
func Minute(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Local().Format(TimeToMinute)
}

// Second is a time in the local time zone to the second.
func Second(t time.Time) string { return t.Local().Format(TimeToSecond) }

// Maker is the last part of an IAM identity's ARN. For an assumed role, that is the role's name and the session.
func Maker(arn string) string {
	_, name, _ := strings.Cut(arn[strings.LastIndex(arn, ":")+1:], "/")
	return cmp.Or(name, arn)
}

// Resource names a resource by kind and id, and by its name if that is known: ann@acme.com (user ID).
func Resource(name, kind string, id scim.ID) string {
	text := kind + " " + string(id)
	if name == "" {
		return text
	}
	return name + " (" + text + ")"
}

func join[T ~string](list []T, separator string) string {
	text := make([]string, len(list))
	for i, one := range list {
		text[i] = string(one)
	}
	return strings.Join(text, separator)
}
