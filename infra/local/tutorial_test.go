package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scimserver/shared/testkit"
	"scimserver/shared/testkit/command"
)

// tutorial runs the commands of infra/docs/tutorial.md against a running stack, as a
// reader does who pastes them into one shell.
func tutorial(t *testing.T, envFile string) {
	t.Helper()
	cmd := command.Limited(t.Context(), limit, "bash", "-e")
	cmd.Dir = testkit.ModuleRoot(t)
	cmd.Stdin = strings.NewReader(pasted(t, filepath.Join(cmd.Dir, "infra", "docs", "tutorial.md"), envFile))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the tutorial: %v\n%s", err, out)
	}
	// Of all requests, the two that lose a value fail.
	for text, times := range map[string]int{
		`"status":"4`: 2, `"status":"409"`: 2, "connect, release, delete": 1, "\n204\n": 1,
	} {
		if got := strings.Count(string(out), text); got != times {
			t.Errorf("%q was printed %d times, want %d, in:\n%s", text, got, times, out)
		}
	}
}

// pasted returns the commands of the tutorial, but for the one that starts the stack,
// with the conflict's id where the tutorial leaves it to the reader.
func pasted(t *testing.T, document, envFile string) string {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(block[1], "go run ./infra/local") {
			script.WriteString(block[1])
		}
	}
	list := "go run ./infra/scimctl conflict list local -env-file " + envFile
	return strings.NewReplacer("./.env", envFile, "-env-file .env", "-env-file "+envFile,
		"CONFLICT=...", "CONFLICT=$("+list+" | grep grace | cut -d' ' -f1)").Replace(script.String())
}
