package gate

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"scimserver/infra/check/venv"
	"scimserver/shared/testkit/command"
)

const (
	suiteScripts     = "infra/check/suites"
	expectedFindings = suiteScripts + "/scim-sanity.tsv"
)

// suites runs the conformance suites and the clients that others wrote, one after the other,
// against one local stack.
func suites(ctx context.Context, t tree) error {
	service, err := t.startService(ctx)
	if err != nil {
		return err
	}
	defer service.stop()
	return errors.Join(
		t.pythonSuites(ctx, service),
		t.pythonClients(ctx, service, "scim2-cli.txt", "command_line.py"),
		t.javaClients(ctx, service),
	)
}

func (t tree) pythonSuites(ctx context.Context, s *service) error {
	python, err := t.python(ctx, "tools.txt")
	if err != nil {
		return err
	}
	return errors.Join(t.probe(ctx, python, s), t.pythonClients(ctx, s, "tools.txt", "client.py", "tester.py"))
}

// python returns the interpreter of an environment with the packages of a list.
func (t tree) python(ctx context.Context, list string) (string, error) {
	return venv.FromList(ctx, filepath.Join(t.root, "infra/check/python", list))
}

// pythonClients runs scripts with the packages of a list.
func (t tree) pythonClients(ctx context.Context, s *service, list string, scripts ...string) error {
	python, err := t.python(ctx, list)
	failed := []error{err}
	for _, script := range scripts {
		if err == nil {
			_, err := t.command(ctx, s.variables, python, filepath.Join(t.root, suiteScripts, script))
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// probe runs scim-sanity and compares its findings with the expected ones.
func (t tree) probe(ctx context.Context, python string, s *service) error {
	expected, err := loadFindings(filepath.Join(t.root, expectedFindings))
	if err != nil {
		return err
	}
	found, err := scimSanity(ctx, python, s)
	if err != nil {
		return err
	}
	if err := compareFindings(found, expected); err != nil {
		return fmt.Errorf("scim-sanity and %s differ:\n%w", expectedFindings, err)
	}
	return nil
}

// scimSanity returns the findings of a run. The program exits with 1 if it has findings,
// so only an unreadable report is an error.
func scimSanity(ctx context.Context, python string, s *service) ([]finding, error) {
	cmd := command.Limited(ctx, commandLimit, python, "-m", "scim_sanity", "probe", s.variable("SCIM_URL"),
		"--token", s.variable("SCIM_TOKEN"), "--i-accept-side-effects", "--json-output")
	report, runErr := cmd.Output()
	found, err := readFindings(report)
	if err != nil {
		return nil, fmt.Errorf("scim-sanity made no report: %w\n%s", errors.Join(runErr, err), report)
	}
	return found, nil
}
