package build_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scimserver/infra/local/build"
	"scimserver/shared/testkit/command"
)

// module writes a module with one function, which prints a text.
func module(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":               "module example\n\ngo 1.26\n",
		"Makefile":             "export CGO_ENABLED = 0\nexport GOFLAGS = -trimpath\n",
		"text/text.go":         "package text\n\nfunc Text() string { return \"" + text + "\" }\n",
		"functions/hi/main.go": "package main\n\nimport \"example/text\"\n\nfunc main() { print(text.Text()) }\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// printed builds the module's function and returns what it prints.
func printed(t *testing.T, module string) string {
	t.Helper()
	out := t.TempDir()
	if err := build.Programs(t.Context(), module, []string{"functions/hi/"}, out); err != nil {
		t.Fatal(err)
	}
	text, err := command.Limited(t.Context(), time.Minute, build.Path(out, "functions/hi")).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newCache gives the test a cache of its own for programs; that of the go command stays.
func newCache(t *testing.T) (builds func() int) {
	t.Helper()
	goCache, err := command.Limited(t.Context(), time.Minute, "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	t.Setenv("GOCACHE", strings.TrimSpace(string(goCache)))
	t.Setenv("XDG_CACHE_HOME", cache)
	return func() int {
		found, err := filepath.Glob(filepath.Join(cache, "scimserver", "functions", "*", "hi"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
}

func TestOneBuildForOneSource(t *testing.T) {
	builds := newCache(t)
	dir := module(t, "one")
	for range 2 {
		if got := printed(t, dir); got != "one" || builds() != 1 {
			t.Errorf("it prints %q, and there are %d builds; want one", got, builds())
		}
	}
}

// A change of a package that the function imports is a new source, and old builds go.
func TestAnotherSourceIsBuilt(t *testing.T) {
	builds := newCache(t)
	for _, text := range []string{"a", "b", "c", "d"} {
		if got := printed(t, module(t, text)); got != text {
			t.Errorf("it prints %q, want %q", got, text)
		}
	}
	if n := builds(); n != 3 {
		t.Errorf("%d builds are kept, want 3", n)
	}
}

func TestWhatDoesNotCompileIsSaid(t *testing.T) {
	newCache(t)
	err := build.Programs(t.Context(), module(t, `"+`), []string{"functions/hi"}, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "text.go") {
		t.Errorf("err = %v, want one that names text.go", err)
	}
}
