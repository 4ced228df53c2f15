package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"scimbench/plot"
)

// The files of a report in the folder of documents.
const (
	pageFile = "performance.md"
	dataFile = "performance.json"
)

// charts returns the pictures by file.
func (r report) charts() map[string]plot.Chart {
	return map[string]plot.Chart{
		"images/cost-members.svg": memberChart(r.Costs.Members), "images/cost-pages.svg": pageChart(r.Costs.Pages),
	}
}

// writePage writes the report into the page, and its pictures and data beside the page.
func (r report) writePage(docs string) error {
	file := filepath.Join(docs, pageFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	page, err := r.fill(string(text))
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		return err
	}
	for name, chart := range r.charts() {
		if err := os.WriteFile(filepath.Join(docs, name), chart.SVG(), 0o644); err != nil {
			return err
		}
	}
	return r.save(filepath.Join(docs, dataFile))
}

// fill returns the page with this report in its blocks:
//
//	<!-- bench: NAME -->
//	...
//	<!-- end -->
func (r report) fill(page string) (string, error) {
	blocks := map[string]string{"machine": r.Machine.String() + ".\n"}
	for _, p := range parts() {
		for _, t := range p.tables(r) {
			blocks[t.name] = t.String()
		}
	}
	for name, text := range blocks {
		before, rest, ok := strings.Cut(page, "<!-- bench: "+name+" -->\n")
		_, after, ended := strings.Cut(rest, "<!-- end -->")
		if !ok || !ended {
			return "", fmt.Errorf("%s has no block <!-- bench: %s --> ... <!-- end -->", pageFile, name)
		}
		page = before + "<!-- bench: " + name + " -->\n\n" + text + "\n<!-- end -->" + after
	}
	return page, nil
}
