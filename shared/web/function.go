package web

import (
	"html/template"
	"strconv"
	"time"
)

// functions are those that templates can call.
func functions() template.FuncMap {
	return template.FuncMap{
		"number":   Number,
		"time":     formatTime,
		"datetime": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"cell":     func(r Row, i int) Cell { return r[i] },
	}
}

// formatTime returns a time to the minute, with its zone.
func formatTime(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

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
