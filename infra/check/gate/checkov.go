package gate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"scimserver/infra/check/venv"
	"scimserver/shared/testkit/command"
)

const (
	checkovTools     = "infra/check/checkov/tools.txt"
	acceptedFindings = "infra/check/checkov/accepted.tsv"
)

// checkTemplates looks for insecure settings with checkov. A check that a template fails has to be
// in the list of accepted ones, with the reason.
func checkTemplates(ctx context.Context, t tree) error {
	accepted, err := loadFindings(filepath.Join(t.root, acceptedFindings))
	if err != nil {
		return err
	}
	python, err := venv.FromList(ctx, filepath.Join(t.root, checkovTools))
	if err != nil {
		return err
	}
	templates, err := filepath.Glob(filepath.Join(t.root, "infra", "*.yaml"))
	if err != nil {
		return err
	}
	found, err := checkov(ctx, python, append(templates, filepath.Join(t.root, "template.yaml")))
	if err != nil {
		return err
	}
	if err := compareFindings(found, accepted); err != nil {
		return fmt.Errorf("checkov and %s differ:\n%w", acceptedFindings, err)
	}
	return nil
}

// checkov returns the checks that templates fail, each once. The program exits with 1 if there are
// some, so only an unreadable report is an error. It is told to download nothing.
func checkov(ctx context.Context, python string, templates []string) ([]finding, error) {
	args := []string{"-m", "checkov.main", "--framework", "cloudformation", "--skip-download", "--compact", "--quiet",
		"--output", "json"}
	for _, file := range templates {
		args = append(args, "--file", file)
	}
	report, runErr := command.Limited(ctx, commandLimit, python, args...).Output()
	found, err := readCheckov(report)
	if err != nil {
		return nil, fmt.Errorf("checkov made no report: %w\n%s", errors.Join(runErr, err), report)
	}
	return found, nil
}

// readCheckov returns the failed checks in checkov's JSON report, without the resources.
func readCheckov(report []byte) (found []finding, err error) {
	var all struct {
		Results struct {
			Failed []struct {
				ID   string `json:"check_id"`
				Name string `json:"check_name"`
			} `json:"failed_checks"`
		}
		Summary struct {
			Passed int `json:"passed"`
			Broken int `json:"parsing_errors"`
		}
	}
	if err := json.Unmarshal(report, &all); err != nil {
		return nil, err
	}
	if all.Summary.Passed == 0 || all.Summary.Broken > 0 {
		return nil, fmt.Errorf("%d checks passed, %d templates can't be read", all.Summary.Passed, all.Summary.Broken)
	}
	for _, f := range all.Results.Failed {
		one := finding{Check: f.ID, Result: "fail", Message: f.Name}
		if !slices.Contains(found, one) {
			found = append(found, one)
		}
	}
	return found, nil
}
