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
	// Packages whose tests run other programs, which the detector does not see, or do one thing
	// after the other: the parallel searches of shared/server use what shared/scim shares.
	raceless = `/infra/(check/.*|local|local/build|local/e2e.*|scimctl)$|/shared(/scim)?$`
	// Packages where the tests of concurrent code are enough, with these tests.
	raceInPart = `/shared/(admin|directory|directory/verify|outbox|server|testkit/ddblocal)$|/infra/local/stack$`
	racing     = `^TestStack$|Parallel|Race|Random(Histories|Memberships|Teams)|ScanEnds|ThrottledScan|Rounds|` +
		`CursorWalk$|InterleavedWalks$|PasswordIsHashed|` +
		`^Test(Survey|WaitForEvents|Traffic|Resume|EngineStartsAndStops)$`
	// Source that starts goroutines, or is made for several of them.
	concurrent = `\bgo (func\b|\w+[.(])|\.Go\(|"(sync|sync/atomic|golang.org/x/sync/errgroup)"`
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
	packages, err := t.concurrentPackages(ctx)
	if err != nil {
		return err
	}
	whole, part := chooseRaces(packages)
	return errors.Join(t.raceTest(ctx, whole...), t.raceTest(ctx, append([]string{"-run", racing}, part...)...))
}

// concurrentPackages returns the packages whose source, tests included, is concurrent. In
// the other packages the detector has nothing to find.
func (t tree) concurrentPackages(ctx context.Context) ([]string, error) {
	listed, err := t.command(ctx, nil, "go", "list", "-f", "{{.ImportPath}} {{.Dir}}", "./...")
	if err != nil {
		return nil, err
	}
	var packages []string
	for line := range strings.Lines(listed) {
		name, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		found, err := isConcurrent(dir)
		if err != nil {
			return nil, err
		}
		if found {
			packages = append(packages, name)
		}
	}
	return packages, nil
}

// isConcurrent reports whether a Go file in the folder is concurrent.
func isConcurrent(dir string) (bool, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return false, err
	}
	pattern := regexp.MustCompile(concurrent)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || pattern.Match(text) {
			return err == nil, err
		}
	}
	return false, nil
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
