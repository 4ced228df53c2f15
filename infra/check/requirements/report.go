package requirements

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Report is the state of every requirement.
type Report struct {
	rows    []Row // with Status and Reason set
	unknown []string
}

// Decide sets the state of every row from the tests' citations and the documented divergences. See
// Citations and Divergences for the maps, and State for the rules.
func Decide(rows []Row, cited, divergences map[string]string) Report {
	var rep Report
	known := map[string]bool{}
	for _, r := range rows {
		known[r.ID] = true
		if file, ok := cited[r.ID]; ok {
			r.Status, r.Reason, r.Test = Covered, file, file
		}
		if heading, ok := divergences[r.ID]; ok && r.Status != Later {
			r.Status, r.Reason = Diverges, heading
		}
		if r.Status == "" {
			r.Status = Unassigned
		}
		rep.rows = append(rep.rows, r)
	}
	for _, places := range []map[string]string{cited, divergences} {
		for id, place := range places {
			if !known[id] && isRequirement(id) {
				rep.unknown = append(rep.unknown, id+" in "+place)
			}
		}
	}
	slices.Sort(rep.unknown)
	return rep
}

// isRequirement excludes short IDs of other lists, such as D-3 and R-7.
func isRequirement(id string) bool { return strings.Count(id, "-") == 2 }

// Unknown returns the cited IDs that no row has. They are typing errors.
func (rep Report) Unknown() []string { return rep.unknown }

// Write prints the counts by chapter and level, and then the rows that are not covered.
func (rep Report) Write(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	rep.writeCounts(tab)
	if err := tab.Flush(); err != nil {
		return err
	}
	for _, s := range []State{Diverges, Later, NotApplicable} {
		rep.writeReasons(w, s)
	}
	rep.writeUnassigned(w)
	return nil
}

func (rep Report) writeCounts(w io.Writer) {
	fmt.Fprint(w, "chapter\tlevel\trows\t")
	for _, s := range states() {
		fmt.Fprintf(w, "%s\t", s)
	}
	fmt.Fprintln(w)
	for _, group := range rep.groups() {
		writeCount(w, group.chapter, group.level, group.rows)
	}
	writeCount(w, "all", "", rep.rows)
}

func writeCount(w io.Writer, chapter, level string, rows []Row) {
	fmt.Fprintf(w, "%s\t%s\t%d\t", chapter, level, len(rows))
	for _, s := range states() {
		fmt.Fprintf(w, "%d\t", count(rows, s))
	}
	fmt.Fprintln(w)
}

func count(rows []Row, s State) int {
	n := 0
	for _, r := range rows {
		if r.Status == s {
			n++
		}
	}
	return n
}

type group struct {
	chapter, level string
	rows           []Row
}

// groups returns the rows by chapter and level, in the order of their first rows.
func (rep Report) groups() []group {
	var groups []group
	for _, r := range rep.rows {
		i := slices.IndexFunc(groups, func(g group) bool { return g.chapter == r.Chapter && g.level == r.Level })
		if i < 0 {
			groups, i = append(groups, group{chapter: r.Chapter, level: r.Level}), len(groups)
		}
		groups[i].rows = append(groups[i].rows, r)
	}
	slices.SortStableFunc(
		groups,
		func(a, b group) int { return rep.chapterOrder(a.chapter) - rep.chapterOrder(b.chapter) },
	)
	return groups
}

func (rep Report) chapterOrder(chapter string) int {
	return slices.IndexFunc(rep.rows, func(r Row) bool { return r.Chapter == chapter })
}

// writeReasons lists the rows of a state with their rules, grouped by reason.
func (rep Report) writeReasons(w io.Writer, s State) {
	byReason := map[string][]Row{}
	var reasons []string
	for _, r := range rep.rows {
		if r.Status != s {
			continue
		}
		if byReason[r.Reason] == nil {
			reasons = append(reasons, r.Reason)
		}
		byReason[r.Reason] = append(byReason[r.Reason], r)
	}
	for _, reason := range reasons {
		writeRows(w, fmt.Sprintf("%s: %s", s, reason), byReason[reason])
	}
}

func (rep Report) writeUnassigned(w io.Writer) {
	var open []Row
	for _, g := range rep.groups() {
		for _, r := range g.rows {
			if r.Status == Unassigned {
				open = append(open, r)
			}
		}
	}
	if len(open) > 0 {
		writeRows(w, string(Unassigned), open)
	}
}

// writeRows prints a heading with the number of rows, and then each row on a line.
func writeRows(w io.Writer, heading string, rows []Row) {
	fmt.Fprintf(w, "\n%s (%d)\n", heading, len(rows))
	for _, r := range rows {
		fmt.Fprintf(w, "  %-14s %-10s %s\n", r.ID, r.Level, r.Rule)
	}
}
