// Package docs_test computes again what the documents calculate.
package docs_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// rows are the rows of the table whose head begins with the title, each cell trimmed.
func rows(t *testing.T, title string) (all [][]string) {
	t.Helper()
	text, err := os.ReadFile("cost.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n| "+title+" |")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, line := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(strings.Trim(line, "| "), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all = append(all, cells)
	}
	return all
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func compare(t *testing.T, row []string, stated string, want float64) {
	t.Helper()
	if got := number(t, stated); math.Abs(got-want) > 0.006 {
		t.Errorf("%s: stated %v, computed %.3f", row[0], got, want)
	}
}

func TestRequestsCostWhatTheFormulaSays(t *testing.T) {
	all := rows(t, "Request")
	if len(all) != 10 {
		t.Fatalf("%d rows", len(all))
	}
	for _, r := range all {
		ms, writes, reads := number(t, r[1]), number(t, r[2]), number(t, r[3])
		want := 0.625*writes + 0.125*reads
		if ms > 0 {
			want += 3.50 + 0.20 + 0.0133334*ms + 0.50*2
		}
		compare(t, r, r[4], want)
	}
}

func TestATenantAndAStackAddUp(t *testing.T) {
	for _, r := range rows(t, "What happens") {
		compare(t, r, r[3], number(t, r[1])*number(t, r[2])/1e6)
	}
	for _, r := range rows(t, "What") {
		compare(t, r, r[3], number(t, r[1])*number(t, r[2]))
	}
}

// TestTheNumberOfAlarms: the page names how many alarms, metrics and rules a stack has.
func TestTheNumberOfAlarms(t *testing.T) {
	text, err := os.ReadFile("../alarms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	metrics := map[string]bool{}
	for _, filter := range strings.Split(s, "Type: AWS::Logs::MetricFilter")[1:] {
		_, name, _ := strings.Cut(filter, "MetricName: ")
		name, _, _ = strings.Cut(name, "\n")
		metrics[name] = true
	}
	calculated := strings.Count(s, "      Metrics:\n")
	want := map[string]int{
		"alarms with one metric":     strings.Count(s, "Type: AWS::CloudWatch::Alarm\n") - calculated,
		"metrics counted from logs":  len(metrics),
		"Contributor Insights rules": strings.Count(s, "Type: AWS::CloudWatch::InsightRule\n"),
		"alarms with a formula (by metrics)": strings.Count(s, "          MetricStat:\n") +
			strings.Count(s, "INSIGHT_RULE_METRIC("),
	}
	for _, r := range rows(t, "What") {
		if n, counted := want[r[0]]; counted && number(t, r[1]) != float64(n) {
			t.Errorf("%s: stated %s, the template has %d", r[0], r[1], n)
		}
		delete(want, r[0])
	}
	for name := range want {
		t.Errorf("the page lacks %s", name)
	}
}
