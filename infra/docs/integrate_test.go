package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// codeBlock matches a block of code, and the file that the line before it names.
var codeBlock = regexp.MustCompile("(?s)(?:<!-- (\\S+) -->\n)?```(\\w+)\n(.*?)```\n")

// TestCodeOfTheGuide: each block of code is part of a file that is compiled or run.
func TestCodeOfTheGuide(t *testing.T) {
	text, err := os.ReadFile("integrate.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := 0
	for _, block := range codeBlock.FindAllStringSubmatch(string(text), -1) {
		file, language, code := block[1], block[2], block[3]
		if language == "mermaid" {
			continue
		}
		samples++
		source, err := os.ReadFile(filepath.Join("..", "..", file))
		if file == "" || err != nil {
			t.Errorf("a block of %s names no file (%v):\n%s", language, err, code)
		} else if !strings.Contains(string(source), code) {
			t.Errorf("%s does not contain:\n%s", file, code)
		}
	}
	if samples < 5 {
		t.Errorf("%d samples were found", samples)
	}
}
