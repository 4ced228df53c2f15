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
	rows    []Row // their Status and Reason decided
	unknown []string
}

// Decide gives every row its state from the citations and the argued
// divergences, each a map from ID to place. A decision about what comes later
// does not make it done.
func Decide(rows []Row, cited, argued map[string]string) Report {
	var rep Report
	known := map[string]bool{}
	for _, r := range rows {
		known[r.ID] = true
		if place, ok := cited[r.ID]; ok {
			r.Status, r.Reason = Covered, place
		}
		if heading, ok := argued[r.ID]; ok && r.Status != Later {
			r.Status, r.Reason = Diverges, heading
		}
		if r.Status == "" {
			r.Status = Unassigned
		}
		rep.rows = append(rep.rows, r)
	}
	for _, places := range []map[string]string{cited, argued} {
		for id, place := range places {
			if !known[id] && looksLikeOurs(id) {
				rep.unknown = append(rep.unknown, id+" in "+place)
			}
		}
	}
	slices.Sort(rep.unknown)
	return rep
}

// looksLikeOurs leaves out short names that other lists use: D-3, R-7.
func looksLikeOurs(id string) bool { return strings.Count(id, "-") == 2 }

// Unknown are citations of IDs that no row has: slips of the pen.
func (rep Report) Unknown() []string { return rep.unknown }

// Write prints the counts by chapter and level, then the rows behind them.
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

// groups are the rows by chapter and level, in the order in which they first come.
func (rep Report) groups() []group {
	var groups []group
	for _, r := range rep.rows {
		i := slices.IndexFunc(groups, func(g group) bool { return g.chapter == r.Chapter && g.level == r.Level })
		if i < 0 {
			groups, i = append(groups, group{chapter: r.Chapter, level: r.Level}), len(groups)
		}
		groups[i].rows = append(groups[i].rows, r)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return rep.chapterOrder(a.chapter) - rep.chapterOrder(b.chapter) })
	return groups
}

func (rep Report) chapterOrder(chapter string) int {
	return slices.IndexFunc(rep.rows, func(r Row) bool { return r.Chapter == chapter })
}

// writeReasons lists the rows of a state, those of one reason on one line.
func (rep Report) writeReasons(w io.Writer, s State) {
	byReason := map[string][]string{}
	var reasons []string
	for _, r := range rep.rows {
		if r.Status != s {
			continue
		}
		if byReason[r.Reason] == nil {
			reasons = append(reasons, r.Reason)
		}
		byReason[r.Reason] = append(byReason[r.Reason], r.ID)
	}
	for _, reason := range reasons {
		fmt.Fprintf(w, "\n%s (%s), %d:\n%s\n", s, reason, len(byReason[reason]), strings.Join(byReason[reason], " "))
	}
}

func (rep Report) writeUnassigned(w io.Writer) {
	open := false
	for _, g := range rep.groups() {
		var list []string
		for _, r := range g.rows {
			if r.Status == Unassigned {
				list = append(list, r.ID)
			}
		}
		if len(list) > 0 && !open {
			fmt.Fprint(w, "\nunassigned:\n")
			open = true
		}
		if len(list) > 0 {
			fmt.Fprintf(w, "%s %s: %s\n", g.chapter, g.level, strings.Join(list, " "))
		}
	}
}
