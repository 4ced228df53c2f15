package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
)

// session is one run of a command. Results go to out, progress and questions to err.
type session struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	envFile  string
	client   *apiclient.Client
}

// notify writes progress, a warning or a question, which is never part of the result.
func (s *session) notify(format string, args ...any) { _, _ = fmt.Fprintf(s.err, format, args...) }

// print prints a result: as JSON, or as the text that human writes.
func (s *session) print(value any, human func(io.Writer)) error {
	if s.json {
		e := json.NewEncoder(escaper{s.out})
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(value)
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	human(w)
	return w.Flush()
}

// escaper writes JSON with escapes for the characters that JSON leaves as they are but
// that control a terminal: DEL, C1 controls, and those that change the direction of text.
type escaper struct{ to io.Writer }

func (e escaper) Write(p []byte) (int, error) {
	var b strings.Builder
	for _, r := range string(p) {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	if _, err := io.WriteString(e.to, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// row writes a line of a table. It makes each cell safe to print.
func row(w io.Writer, cells ...any) {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = formatCell(c)
	}
	_, _ = fmt.Fprintln(w, strings.Join(text, "\t"))
}

// noRows says below the header of a table that it has no rows.
func noRows(w io.Writer, rows int) {
	if rows == 0 {
		row(w, "none")
	}
}

// formatCell is a value as people read it; an empty one is a dash.
func formatCell(v any) string { return wording.Printable(cmp.Or(fmt.Sprint(v), "-")) }

// formatLimit is a limit as people read it; 0 means no limit.
func formatLimit(n int) string {
	if n == 0 {
		return "no limit"
	}
	return fmt.Sprint(n)
}

func join[T ~string](list []T, separator string) string {
	text := make([]string, len(list))
	for i, one := range list {
		text[i] = string(one)
	}
	return strings.Join(text, separator)
}
