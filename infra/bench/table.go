package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"scimbench/costs"
	"scimbench/processes"
	"scimbench/requests"
	"scimbench/starts"
	"scimbench/throughput"
)

// table is a table in Markdown, which can be read in a terminal as well. The first columns are
// texts, and the others are numbers.
type table struct {
	name, title string
	head        []string
	texts       int
	rows        [][]string
}

// String returns the table with aligned columns.
func (t table) String() string {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	rule := make([]string, len(t.head))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
		if i >= t.texts {
			rule[i] = strings.Repeat("-", width-1) + ":"
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{t.head, rule}, t.rows...) {
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < t.texts {
				b.WriteString("| " + cell + space + " ")
			} else {
				b.WriteString("| " + space + cell + " ")
			}
		}
		b.WriteString("|\n")
	}
	return b.String()
}

func requestTable(rows []requests.Row) table {
	t := table{
		name: "requests", title: "Requests", texts: 2,
		head: []string{"Operation", "Measured", "Time", "CPU", "Allocations", "KB", "CPU, peer = 1"},
	}
	for _, r := range rows {
		for _, side := range []struct {
			name string
			cost *requests.Cost
		}{{"whole", r.Whole}, {"protocol", r.Protocol}, {"peer", r.Peer}} {
			if c := side.cost; c != nil {
				t.rows = append(t.rows, []string{
					r.Operation, side.name, span(c.Time), span(c.CPU), fmt.Sprintf("%.0f", c.Allocs),
					fmt.Sprintf("%.1f", c.Bytes/1024), ratio(c.CPU, r.Peer.CPU),
				})
			}
		}
	}
	return t
}

func processTable(rows []processes.Row) table {
	t := table{
		name: "processes", title: "Requests in the function's process", texts: 1,
		head: []string{"Operation", "Time", "CPU", "CPU, GOMAXPROCS=1", "of it"},
	}
	for _, r := range rows {
		t.rows = append(t.rows, []string{
			r.Operation, span(r.Time), span(r.CPU), span(r.OneThread), ratio(r.OneThread, r.CPU),
		})
	}
	return t
}

func startTable(rows []starts.Row) table {
	t := table{
		name: "starts", title: "Starts", texts: 1,
		head: []string{"Function", "Time", "CPU", "CPU, empty = 1", "Memory, MB", "Program, MB"},
	}
	for _, r := range rows {
		t.rows = append(t.rows, []string{
			r.Function, span(r.Wall), span(r.CPU), ratio(r.CPU, rows[0].CPU), megabytes(r.Memory), megabytes(r.Program),
		})
	}
	return t
}

func throughputTable(rows []throughput.Row) table {
	t := table{
		name: "throughput", title: "Throughput", texts: 1,
		head: []string{
			"Operation", "Stack, per second", "Engine, per second", "Share", "Calls", "CPU, function", "CPU, engine",
		},
	}
	for _, r := range rows {
		t.rows = append(t.rows, []string{
			r.Operation, fmt.Sprintf("%.0f", r.Stack), fmt.Sprintf("%.0f", r.Engine),
			fmt.Sprintf("%.0f %%", 100*r.Share()), fmt.Sprintf("%.1f", r.Calls), span(r.FunctionCPU), span(r.EngineCPU),
		})
	}
	return t
}

func memberTable(points []costs.Point) table {
	return costTable("members", "Cost of one more member", "Members of the group", points)
}

func pageTable(points []costs.Point) table {
	return costTable("pages", "Cost of a page of 100 users by cursor", "Users before the page", points)
}

func costTable(name, title, size string, points []costs.Point) table {
	t := table{name: name, title: title, head: []string{size, "Calls", "Read units", "Write units"}}
	for _, p := range points {
		t.rows = append(t.rows, []string{thousands(p.Size), strconv.Itoa(p.Calls), units(p.Reads), units(p.Writes)})
	}
	return t
}

// span writes a duration with three digits.
func span(d time.Duration) string {
	if d >= time.Millisecond {
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.3g µs", float64(d)/1e3)
}

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2g", float64(a)/float64(b)) }

func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }

func units(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// thousands writes a number with commas.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
}
