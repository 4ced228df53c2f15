package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

const docs = "../docs"

// The page and its pictures show the run whose results are beside them.
func TestThePageShowsTheResults(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(docs, dataFile))
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(docs, pageFile))
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.fill(string(page))
	if err != nil {
		t.Fatal(err)
	}
	const advice = "go -C infra/bench run . -full -write"
	if want != string(page) {
		t.Errorf("%s does not show %s: %s", pageFile, dataFile, advice)
	}
	for name, chart := range r.charts() {
		drawn, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil || string(drawn) != string(chart.SVG()) {
			t.Errorf("%s does not show %s (%v): %s", name, dataFile, err, advice)
		}
	}
}

func TestAPageWithoutABlock(t *testing.T) {
	if _, err := (report{}).fill("# Performance\n"); err == nil {
		t.Error("a page that cannot show the results was filled")
	}
}
