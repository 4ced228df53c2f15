// Package gate runs the checks that a change must pass, and prints the result and the
// duration of each.
package gate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// step is one check. It returns the failures, including the tools' output.
type step struct {
	name string
	run  func(context.Context, tree) error
}

// tree is the working tree under check.
type tree struct{ root string }

// steps returns the checks, the fastest to fail first.
func steps() []step {
	return []step{
		{"format", gofmt},
		{"vet", vet},
		{"modules", modules},
		{"staticcheck", staticcheck},
		{"revive", revive},
		{"govulncheck", govulncheck},
		{"lint", lintTemplates},
		{"checkov", checkTemplates},
		{"example", example},
		{"typescript", typescript},
		{"arm64", crossBuild},
		{"build", samBuild},
		{"suites", suites},
		{"benchmarks", benchmarks},
		{"bench", bench},
		{"race", race},
	}
}

// skipped is the error of a step that could not run for a reason outside the tree.
type skipped struct{ reason string }

func (s skipped) Error() string { return s.reason }

// Run runs the named steps, or all steps if no names are given, and fails if one of them
// failed.
func Run(ctx context.Context, w io.Writer, root string, names []string) error {
	chosen, err := choose(steps(), names)
	if err != nil {
		return err
	}
	return runSteps(ctx, w, tree{root}, chosen)
}

func runSteps(ctx context.Context, w io.Writer, t tree, chosen []step) error {
	var failed []string
	begin := time.Now()
	for _, s := range chosen {
		start := time.Now()
		err := s.run(ctx, t)
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		report(w, s.name, time.Since(start), err)
		if err != nil && !isSkipped(err) {
			failed = append(failed, s.name)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	fmt.Fprintf(w, "all %d steps, %s\n", len(chosen), time.Since(begin).Round(time.Second))
	return nil
}

func choose(all []step, names []string) ([]step, error) {
	if len(names) == 0 {
		return all, nil
	}
	var chosen []step
	for _, name := range names {
		i := slices.IndexFunc(all, func(s step) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no step %q: the steps are %s, and requirements is the report", name, namesOf(all))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func namesOf(all []step) string {
	var names []string
	for _, s := range all {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// report prints the line of a step, and below it the indented output of a failed one.
func report(w io.Writer, name string, took time.Duration, err error) {
	state, detail := "ok", ""
	switch {
	case isSkipped(err):
		state, detail = "SKIPPED", err.Error()
	case err != nil:
		state = "FAILED"
	}
	fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-12s %6.1fs  %-7s %s", name, took.Seconds(), state, detail), " "))
	if state == "FAILED" {
		fmt.Fprintln(w, "    "+strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "\n    "))
	}
}

func isSkipped(err error) bool {
	_, ok := errors.AsType[skipped](err)
	return ok
}
