package gate

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"scimserver/infra/check/venv"
)

const lintRegion = "eu-central-1" // any region that has all services

// lintTemplates checks template.yaml with SAM. It checks template.yaml, the nested
// templates, which sam validate ignores, and those of the examples with cfn-lint.
func lintTemplates(ctx context.Context, t tree) error {
	python, err := venv.Python(ctx, venv.SAM())
	if err != nil {
		return err
	}
	nested, err := filepath.Glob(filepath.Join(t.root, "infra", "*.yaml"))
	if err != nil {
		return err
	}
	_, err = t.command(
		ctx,
		samEnvironment(),
		python,
		"-m",
		"samcli",
		"validate",
		"--lint",
		"--region",
		lintRegion,
		"--template",
		"template.yaml",
	)
	args := append([]string{"-c", "from cfnlint.runner import main; main()", "--regions", lintRegion, "--",
		"template.yaml", exampleFolder + "/template.yaml",
		exampleFolder + "/webhook.yaml"}, nested...)
	_, lintErr := t.command(ctx, nil, python, args...)
	return errors.Join(err, lintErr)
}

// samBuild runs the build that is deployed, into a temporary folder, and checks every
// program.
func samBuild(ctx context.Context, t tree) error {
	python, err := venv.Python(ctx, venv.SAM())
	if err != nil {
		return err
	}
	if err := needMake(); err != nil {
		return err
	}
	into, err := os.MkdirTemp("", "sam-build-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(into) }()
	if _, err := t.command(
		ctx,
		samEnvironment(),
		python,
		"-m",
		"samcli",
		"build",
		"--template",
		"template.yaml",
		"--build-dir",
		into,
	); err != nil {
		return err
	}
	return t.checkPrograms(into)
}

// samEnvironment switches off SAM's telemetry and update check.
func samEnvironment() []string {
	return []string{"SAM_CLI_TELEMETRY=0", "SAM_CLI_CHECK_UPDATES=0", "AWS_DEFAULT_REGION=" + lintRegion}
}
