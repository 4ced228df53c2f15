package gate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The race detector runs on code of this module that is concurrent within one process.
// `go test ./...` has run every test before. The detector makes tests several times slower,
// so it runs each concurrent path only once.
const (
	// Packages whose tests run other programs, which the detector does not see.
	raceless = `/infra/(check/.*|local|local/build|local/e2e.*|scimctl)$|/shared$`
	// Packages where the tests of concurrent code are enough, with these tests.
	raceInPart = `/shared/(directory|server)$|/infra/local/stack$`
	racing     = `^TestStack$|Parallel|Race|Random|Scan|Walk|Rounds|Hash`
)

func race(ctx context.Context, t tree) error {
	out, err := t.command(ctx, nil, "go", "env", "CC")
	if err != nil {
		return err
	}
	cc, _, _ := strings.Cut(strings.TrimSpace(out), " ")
	if err := need(cc, "the race detector", "apt-get install gcc libc6-dev"); err != nil {
		return err
	}
	packages, err := t.command(ctx, nil, "go", "list", "./...")
	if err != nil {
		return err
	}
	whole, part := chooseRaces(strings.Fields(packages))
	return errors.Join(t.raceTest(ctx, whole...), t.raceTest(ctx, append([]string{"-run", racing}, part...)...))
}

// chooseRaces returns the packages whose tests all run under the race detector, and those
// where only the tests of concurrent code do.
func chooseRaces(packages []string) (whole, part []string) {
	for _, p := range packages {
		switch {
		case regexp.MustCompile(raceless).MatchString(p):
		case regexp.MustCompile(raceInPart).MatchString(p):
			part = append(part, p)
		default:
			whole = append(whole, p)
		}
	}
	return whole, part
}

func (t tree) raceTest(ctx context.Context, args ...string) error {
	_, err := t.command(ctx, []string{"CGO_ENABLED=1"}, "go", append([]string{"test", "-race", "-short"}, args...)...)
	return err
}

// benchmarks runs every benchmark once, to show that it works, without measuring.
func benchmarks(ctx context.Context, t tree) error {
	packages, err := t.withBenchmarks()
	if err != nil {
		return err
	}
	return t.goTool(ctx, append([]string{"test", "-run", "^$", "-bench", ".", "-benchtime", "1x"}, packages...)...)
}

// withBenchmarks returns the folders of tests that have a benchmark. Other folders would
// start an engine for nothing.
func (t tree) withBenchmarks() ([]string, error) {
	found := map[string]bool{}
	var folders []string
	err := filepath.WalkDir(t.root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if dir := filepath.Dir(path); err == nil && !found[dir] && strings.Contains(string(text), "\nfunc Benchmark") {
			found[dir] = true
			folders = append(folders, dir)
		}
		return err
	})
	return folders, err
}
