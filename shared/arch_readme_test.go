package shared_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeFolders: the table of folders in README.md names every folder, and none that does not exist.
func TestReadmeFolders(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(text), "| Folder | Holds |\n")
	rows, _, _ = strings.Cut(rows, "\n\n")
	var named []string
	for row := range strings.Lines(rows) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		for _, name := range regexp.MustCompile("`([^`]+)/`").FindAllStringSubmatch(cell, -1) {
			named = append(named, strings.TrimPrefix(name[1], "shared/"))
		}
	}
	found := []string{"functions", "infra", "events"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			found = append(found, e.Name())
		}
	}
	slices.Sort(named)
	slices.Sort(found)
	if !slices.Equal(named, found) {
		t.Errorf("README.md names the folders\n%q, but there are\n%q", named, found)
	}
}
