package requirements

import (
	"fmt"
	"io"
	"strings"
)

// pageWidth is the longest line of the page, in characters.
const pageWidth = 118

// WritePage writes the report as a page in Markdown: the counts, and then each rule with the
// test that shows it, the decision, or the reason why it does not apply.
func (rep Report) WritePage(w io.Writer) {
	fmt.Fprint(w, `# Requirements

What RFC 7643, RFC 7644, RFC 9865 and RFC 9967 demand of a service provider, rule by rule in our words, and where it is
shown. Written by `+"`go run ./infra/check requirements -write`"+`; do not edit it.

- **shown**: a test cites the rule's id. The file is one of those that do.
- **decided**: the RFC leaves a choice or a detail, or the service departs from it. [divergences.md](divergences.md)
  says what it does and why, under the heading that is named here. A test that shows it is named, too.
- **not applicable**: with the reason. **later**: not built yet.

`)
	rep.writePageCounts(w)
	chapter := ""
	for _, r := range rep.rows {
		if r.Chapter != chapter {
			chapter = r.Chapter
			fmt.Fprintf(w, "\n## %s\n\n", chapterTitle(chapter))
		}
		r.writeItem(w)
	}
}

func (rep Report) writePageCounts(w io.Writer) {
	fmt.Fprintln(w, "| level | rules | shown | decided | not applicable | later | open |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
	for _, level := range []string{"MUST", "MUST NOT", "must*", "SHOULD", "SHOULD NOT", "MAY", "choice"} {
		var rows []Row
		for _, r := range rep.rows {
			if r.Level == level {
				rows = append(rows, r)
			}
		}
		writePageCount(w, level, rows)
	}
	writePageCount(w, "all", rep.rows)
	fmt.Fprintln(w, "\n`must*` is a duty that the RFC states without a capital word. `choice` is left to the service.")
}

func writePageCount(w io.Writer, level string, rows []Row) {
	fmt.Fprintf(w, "| %s | %d |", level, len(rows))
	for _, s := range []State{Covered, Diverges, NotApplicable, Later, Unassigned} {
		fmt.Fprintf(w, " %d |", count(rows, s))
	}
	fmt.Fprintln(w)
}

// writeItem writes a rule as a list item.
func (r Row) writeItem(w io.Writer) {
	state := "**open**"
	switch r.Status {
	case Covered:
		state = "Shown: `" + r.Reason + "`"
	case Diverges:
		state = "Decided: " + r.Reason
		if r.Test != "" {
			state += ". Shown: `" + r.Test + "`"
		}
	case NotApplicable, Later:
		state = fmt.Sprintf("%s%s: %s", strings.ToUpper(string(r.Status[:1])), r.Status[1:], r.Reason)
	}
	writeWrapped(w, "- ", fmt.Sprintf("`%s` (section %s, `%s`): %s.", r.ID, r.Section, r.Level, r.Rule))
	writeWrapped(w, "  ", state)
}

// writeWrapped writes a text in lines of at most pageWidth. The first line begins with a prefix,
// the others with as many spaces.
func writeWrapped(w io.Writer, prefix, text string) {
	line := prefix
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > pageWidth && strings.TrimSpace(line) != strings.TrimSpace(prefix) {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", len(prefix))
		}
		line += word + " "
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}

// chapterTitle names a chapter of the table.
func chapterTitle(chapter string) string {
	titles := map[string]string{
		"1.1": "General and authentication (RFC 7644 sections 1, 2)", "1.2": "Messages, endpoints, methods (3.1, 3.2)",
		"1.3": "Create (3.3)", "1.4": "Retrieve one (3.4.1)", "1.5": "Query (3.4.2)", "1.6": "Filter (3.4.2.2)",
		"1.7": "Sort (3.4.2.3)", "1.8": "Pages by index (3.4.2.4)", "1.9": "Selection of attributes (3.4.2.5, 3.9)",
		"1.10": "Search by POST (3.4.3)", "1.11": "PUT (3.5.1)", "1.12": "PATCH (3.5.2)",
		"1.13": "PATCH: add (3.5.2.1)",
		"1.14": "PATCH: remove (3.5.2.2)", "1.15": "PATCH: replace (3.5.2.3)", "1.16": "Delete (3.6)",
		"1.17": "Bulk (3.7)", "1.18": "Formats and notation (3.8, 3.10)", "1.19": "/Me (3.11)", "1.20": "Errors (3.12)",
		"1.21": "Versions (3.13, 3.14)", "1.22": "Discovery (4)", "1.23": "Strings and tenants (5, 6)",
		"1.24": "Security (7)",
		"2.1":  "Attributes and types (RFC 7643 section 2)", "2.2": "Resources and common attributes (3)",
		"2.3": "User, Group, Enterprise User (4)", "2.4": "Schemas of discovery (5 to 8)",
		"2.5": "Security and privacy (9)",
		"3":   "Pages by cursor (RFC 9865)", "4": "Events and asynchronous requests (RFC 9967)",
		"5": "Roles and entitlements (draft)",
	}
	if title, ok := titles[chapter]; ok {
		return title
	}
	return "Chapter " + chapter
}
