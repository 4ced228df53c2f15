package main_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scimserver/shared/testkit"
)

// TestDocumentsShowCommandsThatExist runs each scimctl command in the documents against
// an API that refuses everything. Exit status 2 says that a command or flag does not
// exist.
func TestDocumentsShowCommandsThatExist(t *testing.T) {
	program := filepath.Join(t.TempDir(), "scimctl")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	api := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(api.Close)
	env := append(os.Environ(), "ADMIN_URL="+api.URL, "AWS_ENDPOINT_URL="+api.URL, "ADMIN_REGION=eu-central-1", "AWS_REGION=eu-central-1",
		"ADMIN_ACCESS_KEY_ID=k", "ADMIN_SECRET_ACCESS_KEY=s", "AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s")
	commands := documented(t)
	if len(commands) < 60 {
		t.Errorf("the documents show only %d commands", len(commands))
	}
	for line, document := range commands {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(program, arguments(line)...)
			cmd.Env, cmd.Dir = env, t.TempDir()
			if out, err := cmd.CombinedOutput(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == 2 {
				t.Errorf("%s: %v\n%s", document, err, out)
			}
		})
	}
}

var (
	inBlock = regexp.MustCompile(`(?m)(?:^|[ $/])scimctl ([a-z][^<>|\n]*?)(?: +#.*| [<>|].*)?$`)
	inText  = regexp.MustCompile("`[^`\n]*scimctl ([a-z][^`\n]*)`")
)

// documented returns the commands that the documents show, each with a document.
func documented(t *testing.T) map[string]string {
	t.Helper()
	root := testkit.ModuleRoot(t)
	documents, err := filepath.Glob(filepath.Join(root, "infra", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]string{}
	for _, document := range append(documents, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range strings.Split(string(text), "```") {
			pattern := inText
			if i%2 == 1 {
				pattern = inBlock
			}
			for _, m := range pattern.FindAllStringSubmatch(part, -1) {
				commands[strings.TrimSpace(m[1])] = filepath.Base(document)
			}
		}
	}
	return commands
}

// arguments splits a command line as a shell does, single quotes included. A file of
// variables is left out, so that it is not looked for.
func arguments(line string) (args []string) {
	line = regexp.MustCompile(` -env-file \S+`).ReplaceAllString(line, "")
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		args = append(args, m[1]+m[2])
	}
	return args
}
