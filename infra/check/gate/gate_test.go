package gate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/testkit/command"
)

func verdict(err error) func(context.Context, tree) error {
	return func(context.Context, tree) error { return err }
}

func TestAFailureFailsTheGateAndTheRestStillRuns(t *testing.T) {
	var out strings.Builder
	err := runSteps(t.Context(), &out, tree{}, []step{
		{"one", verdict(errors.New("broken\nbadly"))},
		{"two", verdict(skipped{"no network"})},
		{"three", verdict(nil)},
	})
	if err == nil || err.Error() != "failed: one" {
		t.Errorf("err = %v", err)
	}
	for _, want := range []string{"FAILED\n    broken\n    badly\n", "SKIPPED no network\n", "ok\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
}

func TestASkippedStepIsNoFailure(t *testing.T) {
	if err := runSteps(t.Context(), t.Output(), tree{}, []step{{"one", verdict(skipped{"no network"})}}); err != nil {
		t.Error(err)
	}
}

func TestAnUnknownStepIsRefused(t *testing.T) {
	err := Run(t.Context(), t.Output(), t.TempDir(), []string{"formt"})
	if err == nil || !strings.Contains(err.Error(), "format, vet") {
		t.Errorf("err = %v, want one that names the steps", err)
	}
}

func TestUnformattedCodeIsFound(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "x.go"), "package  x\n")
	if err := gofmt(t.Context(), tree{dir}); err == nil || !strings.Contains(err.Error(), "x.go") {
		t.Errorf("err = %v, want one that names x.go", err)
	}
}

// A program that lacks one property is refused for that property.
func TestProgramsAreLookedAt(t *testing.T) {
	good := []string{"GOOS=linux", "GOARCH=arm64", "-trimpath", "-tags=lambda.norpc", "-ldflags=-s -w"}
	for _, c := range []struct {
		without, code, want string
	}{
		{"", "package main; func main() {}", ""},
		{"GOARCH=arm64", "package main; func main() {}", "want an arm64 program"},
		{"-ldflags=-s -w", "package main; func main() {}", "want it stripped"},
		{"-tags=lambda.norpc", "package main; func main() {}", "-tags"},
		{"-trimpath", "package main; func main() {}", "-trimpath"},
		{"", `package main; import "net/rpc"; func main() { rpc.NewServer().HandleHTTP("/", "/debug") }`,
			"contains net/rpc"},
	} {
		var env, args []string
		for _, setting := range good {
			switch {
			case setting == c.without:
			case strings.HasPrefix(setting, "-"):
				args = append(args, setting)
			default:
				env = append(env, setting)
			}
		}
		if c.without == "GOARCH=arm64" {
			env = append(env, "GOARCH=amd64")
		}
		err := checkProgram(build(t, c.code, env, args))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("without %q: %v, want %q", c.without, err, c.want)
		}
	}
}

func build(t *testing.T, code string, env, args []string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.go"), code)
	write(t, filepath.Join(dir, "go.mod"), "module x\n")
	args = append([]string{"build", "-o", "bootstrap"}, append(args, ".")...)
	cmd := command.Limited(t.Context(), commandLimit, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "bootstrap")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPackagesUnderTheRaceDetector(t *testing.T) {
	whole, part := chooseRaces([]string{"m/shared", "m/shared/scim", "m/shared/scim/schema", "m/shared/directory",
		"m/shared/directory/verify",
		"m/infra/local", "m/infra/local/dynamo", "m/infra/local/e2e/groups", "m/infra/local/stack", "m/infra/scimctl"})
	if got, want := strings.Join(whole, " "), "m/shared/scim/schema m/infra/local/dynamo"; got != want {
		t.Errorf("whole: %s, want %s", got, want)
	}
	want := "m/shared/directory m/shared/directory/verify m/infra/local/stack"
	if got := strings.Join(part, " "); got != want {
		t.Errorf("in part: %s, want %s", got, want)
	}
}

func TestConcurrentSource(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"goroutine":  {"func f() { go func() {}() }", true},
		"method":     {"func f() { go s.run() }", true},
		"wait group": {"func f() { wg.Go(f) }", true},
		"mutex":      {`import "sync"`, true},
		"a command":  {`exec.Command("go", "build") // go build ./...`, false},
		"none":       {"func f() {}", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.go"), c.text)
			if got, err := isConcurrent(dir); got != c.want || err != nil {
				t.Errorf("%v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestFoldersWithBenchmarks(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a/a_test.go": "package a\n\nfunc BenchmarkA(b *testing.B) {}\n",
		"b/b_test.go": "package b\n\nfunc TestB(t *testing.T) {}\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), text)
	}
	found, err := tree{dir}.withBenchmarks()
	if err != nil || len(found) != 1 || found[0] != filepath.Join(dir, "a") {
		t.Errorf("found %v, %v; want a", found, err)
	}
}

// A module below the root has a step of its own, because ./... leaves it out.
func TestEveryModuleIsChecked(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	var found []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		hidden := path != root && strings.HasPrefix(entry.Name(), ".") // .git, and what sam build makes
		if err == nil && entry.IsDir() && (hidden || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if err == nil && entry.Name() == "go.mod" && filepath.Dir(path) != root {
			folder, _ := filepath.Rel(root, filepath.Dir(path))
			found = append(found, filepath.ToSlash(folder))
		}
		return err
	})
	if want := []string{benchFolder, exampleFolder}; err != nil || !slices.Equal(found, want) {
		t.Errorf("modules in %q, %v; steps for %q", found, err, want)
	}
}
