package requirements

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
)

// idPattern matches an ID: the letter of its list, a section, a number: P-3.4.2.2-7, R-1.
const idPattern = `\b[PSCERD]-[0-9][0-9.]*(?:-[0-9]+)?\b`

// ids returns the IDs that a text cites.
func ids(text string) []string { return regexp.MustCompile(idPattern).FindAllString(text, -1) }

func isID(s string) bool { return regexp.MustCompile(`^` + idPattern + `$`).MatchString(s) }

// Citations maps every ID that a test or a file in testdata cites to one file that cites it.
func Citations(root fs.FS) (map[string]string, error) {
	cited := map[string]string{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != "." {
			return fs.SkipDir
		}
		if d.IsDir() || !isTest(name) {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		for _, id := range ids(string(text)) {
			cited[id] = name
		}
		return err
	})
	return cited, err
}

// isTest reports whether a file is a test or test data. It is false for the tests of this report,
// whose IDs are only examples.
func isTest(name string) bool {
	if strings.HasPrefix(name, "infra/check/") {
		return false
	}
	return strings.HasSuffix(name, "_test.go") || strings.Contains(path.Dir(name)+"/", "testdata/")
}

// Divergences maps every ID in the divergences document to the heading above it. It returns an empty
// map if the file does not exist.
func Divergences(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	headings, heading := map[string]string{}, ""
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
		}
		for _, id := range ids(line) {
			headings[id] = heading
		}
	}
	return headings, nil
}
