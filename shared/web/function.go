package web

import (
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// functions are those that templates can call.
func functions() template.FuncMap {
	return template.FuncMap{
		"number":    Number,
		"time":      Time,
		"datetime":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"cell":      func(r Row, i int) Cell { return r[i] },
		"sentence":  sentence,
		"direction": direction,
		"name":      name,
		"whole":     isWhole,
		"wholenote": isWholeNote,
		"breakable": breakable,
		"prose":     prose,
		"mailable":  isMailable,
	}
}

// Time returns a time to the minute, with its zone.
func Time(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// Number returns a number with a space between groups of three digits.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for at := len(digits) - 3; at > first; at -= 3 {
		digits = digits[:at] + "\u202f" + digits[at:]
	}
	return digits
}

// sentence returns a text with its first letter in upper case.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// direction returns the value of the attribute dir for a text that others wrote. A text that begins with an address
// runs from left to right, even if the name in the address does not: see name.
func direction(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if strings.Contains(first, "@") {
		return "ltr"
	}
	return "auto"
}

// name returns a text that others wrote as HTML. If it has letters that run from right to left, the two parts of each
// address keep a direction of their own: otherwise such a name would turn its whole address around.
func name(text string) template.HTML {
	if !strings.ContainsFunc(text, isRightToLeft) {
		return template.HTML(template.HTMLEscapeString(text))
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		local, domain, isAddress := strings.Cut(word, "@")
		words[i] = template.HTMLEscapeString(word)
		if isAddress {
			words[i] = "<bdi>" + template.HTMLEscapeString(local) + "</bdi>@<bdi>" +
				template.HTMLEscapeString(domain) + "</bdi>"
		}
	}
	return template.HTML(strings.Join(words, " "))
}

func isRightToLeft(c rune) bool {
	return unicode.In(c, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// The longest texts that a table on a wide screen does not break, in characters.
const (
	longestPhrase = 14 // several words, such as Create user
	longestWord   = 28 // such as an address: two columns of them, and some others, have room
	longestNote   = 40 // one word in a second line, such as an id
)

// isWhole reports whether a table should not break a text.
func isWhole(text string) bool {
	length := utf8.RuneCountInString(text)
	return length <= longestPhrase || length <= longestWord && !strings.Contains(text, " ")
}

// isWholeNote is isWhole for a text in a second line.
func isWholeNote(text string) bool {
	return utf8.RuneCountInString(text) <= longestNote && !strings.Contains(text, " ")
}

// breakable returns a value for machines as HTML. A narrow screen breaks a URL after a slash, if it has to.
func breakable(value string) template.HTML {
	escaped := template.HTMLEscapeString(value)
	if strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") {
		escaped = strings.NewReplacer("//", "//", "/", "/<wbr>").Replace(escaped)
	}
	return template.HTML(escaped)
}

// prose returns a text of this program as HTML. What stands between backticks is a command.
func prose(text string) template.HTML {
	parts := strings.Split(text, "`")
	for i, part := range parts {
		parts[i] = template.HTMLEscapeString(part)
		if i%2 == 1 {
			parts[i] = "<code>" + parts[i] + "</code>"
		}
	}
	return template.HTML(strings.Join(parts, ""))
}

// isMailable reports whether a text is an email address.
func isMailable(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(text, " <>?&/:")
}
