package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scimserver/shared/testkit"
)

// transcript is all that people saw in a run: commands, what they printed, and the
// details of refusals.
type transcript struct{ lines map[string]bool }

func (s *transcript) note(text string) {
	for line := range strings.Lines(text) {
		s.lines[masked(line)] = true
	}
}

// passing is what differs between two runs.
var passing = []struct {
	pattern *regexp.Regexp
	stands  string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "UUID"},
	{regexp.MustCompile(`\b([a-z2-7]{12}|[a-z2-7]{16})\b`), "ID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)`), "TIME"},
	{regexp.MustCompile(`\s+`), " "},
}

func masked(line string) string {
	for _, p := range passing {
		line = p.pattern.ReplaceAllString(line, p.stands)
	}
	return strings.TrimSpace(line)
}

// holds expects that each line of a document's blocks was seen: commands begin with
// "$ ", comments with "# ", and what is left out is an ellipsis at the end. A line that
// begins with four spaces continues the one before.
func (s *transcript) holds(t *testing.T, document string) {
	data, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "infra", "docs", document))
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for i, block := range strings.Split(string(data), "```") {
		if i%2 == 0 {
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(block, "\n    ", " ")) {
			if line = masked(line); line == "" || line == "text" || line[0] == '#' {
				continue
			}
			shown++
			if !s.saw(line) {
				t.Errorf("%s shows what nobody saw: %s", document, line)
			}
		}
	}
	if shown < 10 {
		t.Errorf("%s shows only %d lines", document, shown)
	}
}

func (s *transcript) saw(line string) bool {
	start, cut := strings.CutSuffix(line, "…")
	if !cut {
		return s.lines[line]
	}
	for seen := range s.lines {
		if strings.HasPrefix(seen, start) {
			return true
		}
	}
	return false
}
