package main

import (
	"strings"
	"testing"
	"time"
)

func TestChoose(t *testing.T) {
	if all, err := choose(nil); err != nil || len(all) != len(parts()) {
		t.Errorf("%d parts, %v", len(all), err)
	}
	one, err := choose([]string{"starts"})
	if err != nil || len(one) != 1 || one[0].name != "starts" {
		t.Errorf("%v, %v", one, err)
	}
	_, err = choose([]string{"start"})
	if err == nil || !strings.Contains(err.Error(), "requests, processes, starts") {
		t.Errorf("err = %v, want one that names the parts", err)
	}
}

// A page of some of the results would show others of another commit.
func TestWriteNeedsAllParts(t *testing.T) {
	err := run(t.Context(), []string{"-write", "starts"})
	if err == nil || !strings.Contains(err.Error(), "all parts") {
		t.Errorf("err = %v", err)
	}
}

func TestTable(t *testing.T) {
	got := table{head: []string{"Name", "N"}, texts: 1, rows: [][]string{{"a", "1"}, {"µµ", "1,000"}}}.String()
	want := `| Name |     N |
| ---- | ----: |
| a    |     1 |
| µµ   | 1,000 |
`
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		span(2760 * time.Nanosecond): "2.76 µs", span(130_400 * time.Nanosecond): "130 µs",
		span(4_240 * time.Microsecond): "4.24 ms", thousands(7): "7", thousands(1_020_003): "1,020,003",
		units(3.5): "3.5", units(8): "8", ratio(3, 2): "1.5", ratio(1, 210): "0.0048",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
