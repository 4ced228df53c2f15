package gate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	samVersion     = "aws-sam-cli==1.170.0"
	cfnLintVersion = "cfn-lint==1.58.0"
	lintRegion     = "eu-central-1" // any region that has everything will do
)

// lintTemplates checks template.yaml as SAM sees it, and then it and the nested
// templates by name, which sam validate does not follow.
func lintTemplates(ctx context.Context, t tree) error {
	bin, err := t.python(ctx)
	if err != nil {
		return err
	}
	nested, err := filepath.Glob(filepath.Join(t.root, "infra", "*.yaml"))
	if err != nil {
		return err
	}
	_, err = t.command(ctx, samEnvironment(), filepath.Join(bin, "sam"), "validate", "--lint", "--region", lintRegion, "--template", "template.yaml")
	args := append([]string{"--regions", lintRegion, "--", "template.yaml"}, nested...)
	_, lintErr := t.command(ctx, nil, filepath.Join(bin, "cfn-lint"), args...)
	return errors.Join(err, lintErr)
}

// samBuild runs the build that is deployed, into a folder of its own, and looks
// at every program that came out.
func samBuild(ctx context.Context, t tree) error {
	bin, err := t.python(ctx)
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
	if _, err := t.command(ctx, samEnvironment(), filepath.Join(bin, "sam"), "build", "--template", "template.yaml", "--build-dir", into); err != nil {
		return err
	}
	return t.checkPrograms(into)
}

// samEnvironment keeps SAM from sending telemetry and from looking for a newer version.
func samEnvironment() []string {
	return []string{"SAM_CLI_TELEMETRY=0", "SAM_CLI_CHECK_UPDATES=0", "AWS_DEFAULT_REGION=" + lintRegion}
}

// python returns the folder of the programs of a virtual environment with the
// pinned tools, made once in the user's cache. A marker, written last, tells a
// whole environment from one that was interrupted.
func (t tree) python(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	env := filepath.Join(cache, "scimserver", samVersion+"-"+cfnLintVersion)
	bin, marker := filepath.Join(env, "bin"), filepath.Join(env, "complete")
	if _, err := os.Stat(marker); err == nil {
		return bin, nil
	}
	if err := need("python3", "the template check", "apt-get install python3-venv"); err != nil {
		return "", err
	}
	if out, err := t.command(ctx, nil, "python3", "-m", "venv", "--clear", env); err != nil {
		return "", fmt.Errorf("the template check needs Python's venv: install it, for example with: apt-get install python3-venv\n%s", out)
	}
	if _, err := t.command(ctx, nil, filepath.Join(bin, "pip"), "install", "--quiet", "--disable-pip-version-check", samVersion, cfnLintVersion); err != nil {
		return "", err
	}
	return bin, os.WriteFile(marker, nil, 0o644)
}
