package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// session is one run of a command.
type session struct {
	streams
	client *client
	json   bool
}

// say writes progress or a question, which is never part of the result.
func (s *session) say(format string, args ...any) { _, _ = fmt.Fprintf(s.err, format, args...) }

// show prints a result: as JSON, or as the text that human writes.
func (s *session) show(value any, human func(io.Writer)) error {
	if s.json {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(value)
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	human(w)
	return w.Flush()
}

// row writes the cells of a line of a table. All that people read passes here.
func row(w io.Writer, cells ...any) {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = cell(c)
	}
	_, _ = fmt.Fprintln(w, strings.Join(text, "\t"))
}

// none says below the header of a table that it has no rows.
func none(w io.Writer, rows int) {
	if rows == 0 {
		row(w, "none")
	}
}

// cell is a value as people read it; an empty one is a dash.
func cell(v any) string { return harmless(either(fmt.Sprint(v), "-")) }

// harmless replaces what would break a line or steer a terminal: a provider may have
// sent it.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || unicode.Is(unicode.Zs, r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// short cuts a text of more than so many characters.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// moment is a time as people read it, "" for none.
func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

// atMost is a limit as people read it.
func atMost(n int) string {
	if n == 0 {
		return "no limit"
	}
	return fmt.Sprint(n)
}

func joined[T ~string](list []T, by string) string {
	text := make([]string, len(list))
	for i, one := range list {
		text[i] = string(one)
	}
	return strings.Join(text, by)
}
